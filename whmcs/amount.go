package whmcs

import (
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
)

// An Amount is a sum of money as the text WHMCS gave ("24.95"), without a
// currency, which GetClientsProducts does not say. Empty where it gave none.
type Amount string

// maxAmount is the length, in bytes, up to which an Amount is taken for a number.
// WHMCS keeps sixteen digits; the limit keeps nonsense out of the arithmetic.
const maxAmount = 32

// Decimal returns the amount as a number, and false where it is empty or cannot be read.
// Beside plain digits it reads what modules, hooks and conversions leave in that field:
// 1,234.56, 1.234,56, 12,95, $12.95 USD, 1.0E+3. A figure that may mean two things, such
// as € 1.234, cannot be read.
func (a Amount) Decimal() (decimal.Decimal, bool) {
	if a == "" || len(a) > maxAmount {
		return decimal.Decimal{}, false
	}
	if strings.Trim(string(a), "-0123456789.") == "" {
		if d, err := decimal.NewFromString(string(a)); err == nil {
			return d, true
		}
	}
	text := strings.TrimSpace(anySpace.ReplaceAllString(string(a), " "))
	if exponent.MatchString(text) {
		d, err := decimal.NewFromString(text)
		return d, err == nil
	}
	parts := priced.FindStringSubmatch(text)
	if parts == nil || parts[1] != "" && parts[3] != "" {
		return decimal.Decimal{}, false
	}
	sign, figure, marked := parts[1]+parts[3], parts[4], parts[2]+parts[5] != ""
	for _, f := range figures {
		if f.form.MatchString(figure) && !(f.bare && marked) {
			d, err := decimal.NewFromString(sign + f.plain.Replace(figure))
			return d, err == nil
		}
	}
	return decimal.Decimal{}, false
}

var (
	anySpace = regexp.MustCompile(`[\s\x{a0}\x{2009}\x{202f}]+`)
	exponent = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,15})?[eE][+-]?[0-9]$`)

	// priced is a figure with a sign and a currency's code or symbol around it.
	priced = regexp.MustCompile(`^(-?)(\p{L}{0,3}\p{Sc}|\p{L}{1,4}|) ?(-?)([0-9][0-9.,' ]*) ?(\p{Sc}? ?\p{L}{0,4})$`)
)

// figures are the ways of writing a number, tried in this order.
var figures = []struct {
	form  *regexp.Regexp
	plain *strings.Replacer // makes plain digits of it
	bare  bool              // only where no currency is beside it
}{
	{regexp.MustCompile(`^[0-9]+\.[0-9]{3} ?$`), strings.NewReplacer(" ", ""), true},
	{regexp.MustCompile(`^[0-9]+(\.([0-9]{1,2}|[0-9]{4,}))? ?$`), strings.NewReplacer(" ", ""), false},
	{regexp.MustCompile(`^[0-9]{1,3}([,' ][0-9]{3})+(\.[0-9]+)? ?$`), strings.NewReplacer(",", "", "'", "", " ", ""), false},
	{regexp.MustCompile(`^[0-9]{1,3}([.' ][0-9]{3})+,[0-9]+ ?$`), strings.NewReplacer(".", "", "'", "", " ", "", ",", "."), false},
	{regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{3}){2,} ?$`), strings.NewReplacer(".", "", " ", ""), false},
	{regexp.MustCompile(`^[0-9]+,[0-9]{1,2} ?$`), strings.NewReplacer(",", ".", " ", ""), false},
}
