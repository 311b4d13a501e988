// Package whmcsfake is a WHMCS in memory, reached over HTTP, for the demo, the
// tests and the benchmarks. It serves GetClientsProducts, GetClientsDetails and
// GetServers of the external API with sample data that is always the same, and
// can be made to misbehave in every way that installations are known to.
//
// It is written from the API's documentation and from what is known of live
// installations. It shares no types, names of fields or limits with the client
// that is tested against it. Where nobody knows what WHMCS does, a comment says
// what was assumed.
//
// Every password, note, subscription id and secret custom field in the data
// carries one of the Planted texts, so that a test can search everything that
// was written for them.
package whmcsfake
