package whmcs

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// decodePage reads a successful reply to GetClientsProducts and keeps the rows that
// match req. Rows and total disagreeing is for the caller to judge.
func decodePage(f *frame, req GetClientsProductsRequest) (*Page, error) {
	if f.flat {
		return nil, &Error{Kind: ErrNotJSON, Detail: DetailFlatKeys}
	}
	if !f.listed {
		return nil, &Error{Kind: ErrNotJSON, Detail: DetailShape}
	}
	p := &Page{StartNumber: req.LimitStart, Next: req.LimitStart + len(f.rows)}
	p.Looked = len(f.rows)
	total, counted := integer(f.total)
	p.Of, p.counted = max(0, int(total)), counted
	p.Services = make([]Service, 0, len(f.rows))
	for _, row := range f.rows {
		s, ok := decodeService(row)
		p.LastID = s.ID
		switch {
		case !ok:
			p.Unreadable++
		case !req.matches(&s):
			p.Foreign++
		default:
			p.Services = append(p.Services, s)
		}
	}
	if p.Of < len(f.rows) {
		p.Of, p.counted = req.LimitStart+len(f.rows), false
	}
	return p, nil
}

// rowsOf returns the rows of a list in any of the shapes that WHMCS gives it: the
// value at the start of b holds them below the member inner, or itself, as a
// list, as one object, or as an object keyed by number. Null, "", [] and an absent
// value are no rows; any other value is no list at all, and not ok. n is the
// length of the value.
func rowsOf(b []byte, inner string) (rows [][]byte, n int, ok bool) {
	if len(b) == 0 {
		return nil, 0, true
	}
	if b[0] != '{' {
		return plainRows(b)
	}
	within := false
	n = membersAt(b, func(key, rest []byte) (used int) {
		if string(key) != inner {
			return skipValue(rest, 0)
		}
		within = true
		rows, used, ok = plainRows(rest)
		return used
	})
	if !within {
		rows, ok = keyedRows(b[:n]), true
	}
	return rows, n, ok
}

// plainRows is rowsOf for a value that is not wrapped in an object.
func plainRows(b []byte) (rows [][]byte, n int, ok bool) {
	switch b[0] {
	case '[':
		rows, n = elements(b)
		return rows, n, true
	case '{':
		n = skipValue(b, 0)
		return keyedRows(b[:n]), n, true
	}
	n = skipValue(b, 0)
	return nil, n, b[0] == 'n' || b[0] == '"' && strings.TrimSpace(scalar(b[:n])) == ""
}

// keyedRows returns obj itself where it is a row, known by its id, and else its
// members in the order of their numbers: a list that was re-keyed.
func keyedRows(obj []byte) [][]byte {
	type keyed struct {
		number int64
		row    []byte
	}
	var all []keyed
	single := false
	members(obj, func(key, v []byte) {
		single = single || string(key) == "id"
		n, _ := strconv.ParseInt(string(key), 10, 64)
		all = append(all, keyed{n, v})
	})
	if single {
		return [][]byte{obj}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return cmp.Compare(a.number, b.number) })
	rows := make([][]byte, len(all))
	for i := range all {
		rows[i] = all[i].row
	}
	return rows
}

// decodeService reads one row. It is false for what is no row: no object, or one
// without an id.
func decodeService(row []byte) (Service, bool) {
	s := Service{Qty: 1}
	members(row, func(key, v []byte) {
		if !s.setNumber(string(key), v) && !s.setText(string(key), v) {
			s.setNested(string(key), v)
		}
	})
	return s, s.ID > 0
}

// setNumber sets the field that holds a number, a flag, a date or an amount under
// key, and is false where there is none.
func (s *Service) setNumber(key string, v []byte) bool {
	switch key {
	case "id":
		s.ID = whole(v)
	case "qty":
		if n, ok := integer(v); ok {
			s.Qty = int(n)
		}
	case "clientid":
		s.ClientID = whole(v)
	case "orderid":
		s.OrderID = whole(v)
	case "pid":
		s.PID = whole(v)
	case "serverid":
		s.ServerID = whole(v)
	case "promoid":
		s.PromoID = whole(v)
	case "diskusage":
		s.DiskUsage, _ = integer(v)
	case "disklimit":
		s.DiskLimit, _ = integer(v)
	case "bwusage":
		s.BWUsage, _ = integer(v)
	case "bwlimit":
		s.BWLimit, _ = integer(v)
	case "overideautosuspend":
		s.OverideAutoSuspend = truth(v)
	case "regdate":
		s.RegDate = dateOf(text(v))
	case "nextduedate":
		s.NextDueDate = dateOf(text(v))
	case "overidesuspenduntil":
		s.OverideSuspendUntil = dateOf(text(v))
	case "lastupdate":
		s.LastUpdate = dateTimeOf(text(v))
	case "firstpaymentamount":
		s.FirstPaymentAmount = Amount(strings.TrimSpace(text(v)))
	case "recurringamount":
		s.RecurringAmount = Amount(strings.TrimSpace(text(v)))
	default:
		return false
	}
	return true
}

// lineBreaks are the ends of lines in a text field: some tools write HTML's there.
var lineBreaks = regexp.MustCompile(`(?i)\s*<br\s*/?>\s*|\r\n?`)

// setText sets the text field under key, and is false where there is none.
func (s *Service) setText(key string, v []byte) bool {
	switch key {
	case "ordernumber":
		s.OrderNumber = text(v)
	case "name":
		s.Name = text(v)
	case "translated_name":
		s.TranslatedName = text(v)
	case "groupname":
		s.GroupName = text(v)
	case "translated_groupname":
		s.TranslatedGroupName = text(v)
	case "domain":
		s.Domain = text(v)
	case "dedicatedip":
		s.DedicatedIP = text(v)
	case "servername":
		s.ServerName = text(v)
	case "serverip":
		s.ServerIP = text(v)
	case "serverhostname":
		s.ServerHostname = text(v)
	case "suspensionreason":
		s.SuspensionReason = text(v)
	case "paymentmethod":
		s.PaymentMethod = text(v)
	case "paymentmethodname":
		s.PaymentMethodName = text(v)
	case "username":
		s.Username = text(v)
	case "subscriptionid":
		s.SubscriptionID = text(v)
	case "ns1":
		s.NS1 = text(v)
	case "ns2":
		s.NS2 = text(v)
	case "assignedips":
		s.AssignedIPs = lineBreaks.ReplaceAllString(text(v), "\n")
	case "notes":
		s.Notes = text(v)
	default:
		return false
	}
	return true
}

// setNested sets the words of a fixed set and the lists below a row.
func (s *Service) setNested(key string, v []byte) {
	switch key {
	case "status":
		s.Status = statusOf(text(v))
	case "billingcycle":
		s.BillingCycle = cycleOf(text(v))
	case "customfields":
		s.CustomFields = listOf(v, "customfield", decodeCustomField)
	case "configoptions":
		s.ConfigOptions = listOf(v, "configoption", decodeConfigOption)
	}
}

// listOf reads the objects of a list in any of WHMCS's shapes; what is no object
// is left out.
func listOf[T any](v []byte, inner string, decode func(row []byte) T) []T {
	rows, _, _ := rowsOf(v, inner)
	var list []T
	for _, row := range rows {
		if row[0] == '{' {
			list = append(list, decode(row))
		}
	}
	return list
}

func decodeCustomField(row []byte) (f CustomField) {
	members(row, func(key, v []byte) {
		switch string(key) {
		case "id":
			f.ID = whole(v)
		case "name":
			f.Name = text(v)
		case "translated_name":
			f.TranslatedName = text(v)
		case "value":
			f.Value = text(v)
		}
	})
	return f
}

func decodeConfigOption(row []byte) (o ConfigOption) {
	members(row, func(key, v []byte) {
		switch string(key) {
		case "id":
			o.ID = whole(v)
		case "option":
			o.Option = text(v)
		case "type":
			o.Type = text(v)
		case "value":
			o.Value = text(v)
		}
	})
	return o
}
