package bot

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

// The parameters that the library knows in the URL of a server. It ignores any other in
// silence, so that a mistyped one would change nothing.
var storeParameters = []string{
	"addr", "client_cache", "client_name", "db", "dial_timeout", "master_set", "max_retries", "protocol", "skip_verify", "write_timeout",
}

var storeSchemes = []string{"redis", "rediss", "valkey", "valkeys", "unix"}

// The defaults of a connection to the server.
const (
	storeDial   = time.Second
	storeSilent = time.Second // a server that does not even answer a ping is away
	storeBuffer = 64 << 10    // bytes, of each direction; the library's own half MiB is for more traffic

	storeConnections = 8 // at most, for calls; they are opened when they are needed
)

// CheckStoreURL says what is wrong with the URL of a store, nil where nothing is. The error
// holds no part of the URL but the names of its parameters.
func CheckStoreURL(text string) error {
	_, err := storeOption(text)
	return err
}

// storeOption reads the URL of a server.
func storeOption(text string) (rueidis.ClientOption, error) {
	none := rueidis.ClientOption{}
	u, err := url.Parse(text)
	if err != nil || !slices.Contains(storeSchemes, u.Scheme) || u.Host == "" && u.Scheme != "unix" || u.Opaque != "" {
		return none, errors.New("must be the URL of a Redis or Valkey server, such as redis://user:password@host:6379/0, rediss:// for TLS; in the user name and the password, @ is written %40, / %2F, # %23, % %25")
	}
	parameters, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return none, errors.New("has parameters that cannot be read: they are written as ?name=value&name=value")
	}
	for name := range parameters {
		if !slices.Contains(storeParameters, name) {
			return none, errors.New("has the parameter " + quotedName(name) + ", which is not known: it may have " + strings.Join(storeParameters, ", "))
		}
	}
	option, err := rueidis.ParseURL(text)
	if err != nil { // its text may hold a value
		return none, errors.New("has a value that cannot be read: the database is a number, times have a unit such as 500ms, and in the password @ is written %40, / %2F, # %23, % %25")
	}
	if db, err := strconv.Atoi(strings.TrimPrefix(u.Path, "/")); err == nil && (db < 0 || db > 1<<16) {
		return none, errors.New("has a database that is not a number from 0 on")
	}
	complete(&option)
	return option, nil
}

// complete sets what the URL does not say.
func complete(option *rueidis.ClientOption) {
	if option.Dialer.Timeout == 0 {
		option.Dialer.Timeout = storeDial
	}
	if option.ConnWriteTimeout == 0 {
		option.ConnWriteTimeout = storeSilent
	}
	option.DisableCache = true
	option.DisableRetry = true // the breaker says when it is tried again
	option.ReadBufferEachConn, option.WriteBufferEachConn = storeBuffer, storeBuffer
	option.DisableAutoPipelining = true // a goroutine that writes for all, and one that reads, cost more than the connections
	option.BlockingPoolSize = storeConnections
	option.PipelineMultiplex = -1 // one connection more, which hears the news
	if option.ClientName == "" {
		option.ClientName = "servicesbot"
	}
	if option.Sentinel.MasterSet != "" {
		option.Sentinel.Dialer, option.Sentinel.TLSConfig = option.Dialer, option.TLSConfig
		option.Sentinel.ClientName = option.ClientName
		option.Sentinel.TopologyRefreshInterval = 5 * time.Second // or one missed message would bind it to an old master
	}
}

// quotedName is a parameter's name as an error may show it: short, and without what could be
// a secret.
func quotedName(name string) string {
	if len(name) > 20 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") != "" {
		return "with a name that is not shown"
	}
	return strconv.Quote(name)
}

// refusesLogin reports whether the server answered and refuses the user or password.
func refusesLogin(err error) bool {
	e, ok := rueidis.IsRedisErr(err)
	if !ok {
		return false
	}
	word, _, _ := strings.Cut(e.Error(), " ")
	return word == "WRONGPASS" || word == "NOAUTH" ||
		strings.Contains(e.Error(), "AUTH <password> called without any password") || strings.Contains(e.Error(), "invalid password")
}

// forbids reports whether the server does not let the user run a command, or use a key or a
// channel.
func forbids(err error) bool {
	e, ok := rueidis.IsRedisErr(err)
	return ok && strings.HasPrefix(e.Error(), "NOPERM ")
}

// unreachable is what a log may say of a failed connection: without the URL.
func unreachable(err error) string {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Op + ": " + op.Err.Error()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	if errors.As(err, new(*tls.CertificateVerificationError)) {
		return "its certificate is not trusted (" + err.Error() + ")"
	}
	if errors.As(err, new(tls.RecordHeaderError)) {
		return "what answers there does not speak TLS"
	}
	return err.Error()
}
