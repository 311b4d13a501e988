// Package whmcs reads services out of a WHMCS installation through its external
// API, or through another Way. It only reads.
//
// One action matters, GetClientsProducts: its rows are the services, that is the
// purchased products of clients. GetClientsDetails, GetClients and GetServers add to it
// where the API role of the credentials permits them.
//
// A question takes this way, one file a step:
//
//	api.go, config.go         the handle on an installation, and what it is made from
//	products.go, clients.go, named_clients.go
//	                          what is asked, and whether the rows are what was asked for
//	pages.go                  page after page, some of them ahead of time
//	cache.go                  asked a moment ago, or by another just now?
//	broken.go                 around rows that WHMCS cannot send
//	retry.go                  up to three tries, and smaller pages where WHMCS breaks
//	breaker.go, gate.go       may a call be made at all, and now?
//	way.go                    one call, by whichever Way, within its time
//	call.go                   over HTTP: one POST, read whole, under a limit of bytes
//	noise.go                  where in a body the reply is
//	reply.go, refusal.go      success, or one of the kinds of errors.go
//	json.go, decode.go        rows, whatever types and shapes WHMCS chose today
//	service.go                one of them, a service; amount.go, its money; coverage.go, what an answer rests on
//	goroutine.go              where every goroutine starts, so that a panic is an error
//	state.go                  how the installation does; secret.go, what is never printed
//
// WHMCS's replies are not to be trusted in form: numbers are texts or numbers,
// lists are lists, objects, maps or empty texts, errors come with HTTP 200, and
// parameters that it does not know are ignored. So every row is checked against
// the question, and what cannot be read is counted and reported.
//
// Passwords of services are in each reply and have no place in any type here.
// Bodies are never logged, quoted or kept. The credentials go into the form of
// each call and nowhere else.
package whmcs
