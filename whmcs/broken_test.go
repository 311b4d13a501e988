package whmcs

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
)

// brokenShelf is an installation in which some rows, by their offsets, cannot be encoded.
func brokenShelf(h habits, broken ...int) (*shelf, wire) {
	s := &shelf{habits: h}
	return s, func(form url.Values, r *http.Request) (*http.Response, error) {
		start, _ := strconv.Atoi(form.Get("limitstart"))
		limit, _ := strconv.Atoi(form.Get("limitnum"))
		res, err := s.wire(form, r)
		if slices.ContainsFunc(broken, func(offset int) bool { return start <= offset && offset < start+limit }) {
			return respond(200, malformed), nil
		}
		return res, err
	}
}

// without returns the ids up to n, which lie at offsets one less, but for some offsets.
func without(n int, offsets []int) []int {
	return slices.DeleteFunc(count(n), func(id int) bool { return slices.Contains(offsets, id-1) })
}

// TestBrokenRows: all rows are read but those that WHMCS cannot encode, which are
// counted, at a price of some calls each.
func TestBrokenRows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows, limit int
		broken      []int
		calls       int // at most
	}{
		"the only row":     {1, 100, []int{0}, 9},
		"first of a few":   {3, 100, []int{0}, 7},
		"last of a few":    {3, 100, []int{2}, 9},
		"all of a few":     {3, 100, []int{0, 1, 2}, 14},
		"one of a hundred": {100, 100, []int{61}, 15},
		"first":            {100, 100, []int{0}, 10},
		"last":             {100, 100, []int{99}, 15},
		"two":              {100, 100, []int{10, 90}, 30},
		"neighbours":       {100, 100, []int{49, 50}, 26},
		"on page 3":        {95, 10, []int{25}, 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, w := brokenShelf(habits{ids: count(c.rows)}, c.broken...)
				a := newTestAPI(t, w)
				var got []int
				unreadable, malformed, calls := 0, 0, 0
				for p, err := range a.Pages(WithBudget(t.Context()), GetClientsProductsRequest{LimitNum: c.limit}) {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, idsOf(p)...)
					unreadable, malformed, calls = unreadable+p.Unreadable, malformed+p.Malformed, calls+p.Calls
					if p.Of != c.rows {
						t.Errorf("total %d", p.Of)
					}
				}
				if want := without(c.rows, c.broken); !slices.Equal(got, want) || malformed != len(c.broken) || unreadable != malformed {
					t.Errorf("%v, %d unreadable, %d malformed; want %v", got, unreadable, malformed, want)
				}
				if len(s.starts) > c.calls || calls != len(s.starts) {
					t.Errorf("%d calls, of which %d are told, want at most %d", len(s.starts), calls, c.calls)
				}
			})
		})
	}
}

// TestBrokenRowsAtRandom compares pages with what they must hold, from servers of every
// habit.
func TestBrokenRowsAtRandom(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		n := 1 + random.IntN(60)
		var broken []int
		for range random.IntN(4) {
			broken = append(broken, random.IntN(n))
		}
		h := habits{ids: count(n)}
		switch random.IntN(4) { // with both, nobody could know where the list ends
		case 0:
			h.uncount = true
		case 1:
			h.cap = 1 + random.IntN(9)
		}
		_, w := brokenShelf(h, broken...)
		a := newTestAPI(t, w)
		req := GetClientsProductsRequest{LimitNum: 1 + random.IntN(70)}
		got, _, err := readAll(t.Context(), a, req)
		if want := without(n, broken); err != nil || !slices.Equal(got, want) {
			t.Fatalf("%+v of %d, broken %v: %v, %v", req, n, broken, got, err)
		}
	}
}

// TestBrokenBudget: a question stops at 60 extra calls, the next one gets further, and
// WHMCS is not left alone for it.
func TestBrokenBudget(t *testing.T) {
	t.Parallel()
	var broken []int
	for i := range 12 {
		broken = append(broken, i*8)
	}
	s, w := brokenShelf(habits{ids: count(100)}, broken...)
	a := newTestAPI(t, w)
	ctx := WithBudget(t.Context())
	for range 2 {
		_, err := a.GetClientsProducts(ctx, GetClientsProductsRequest{})
		var e *Error
		if !errors.As(err, &e) || e.Kind != ErrMalformed || e.Detail != DetailTooManyBroken {
			t.Fatal(err)
		}
	}
	if len(s.starts) != 2+maxExtraCalls {
		t.Errorf("%d calls, want one a page and %d more", len(s.starts), maxExtraCalls)
	}
	for n := 0; ; n++ {
		p, err := a.GetClientsProducts(context.Background(), GetClientsProductsRequest{})
		if err == nil {
			if want := without(100, broken); !slices.Equal(idsOf(p), want) || p.Malformed != 12 {
				t.Errorf("%v and %d malformed, want %v", idsOf(p), p.Malformed, want)
			}
			break
		}
		if n == 3 || !errors.Is(err, ErrMalformed) {
			t.Fatalf("question %d: %v", n, err)
		}
	}
	if a.State().BreakerOpen {
		t.Error("WHMCS is left alone for rows that it cannot encode")
	}
}

// TestBrokenRowsMove: what was broken is looked at again, so that a row that took its
// place is not left out.
func TestBrokenRowsMove(t *testing.T) {
	t.Parallel()
	broken := []int{7}
	s := &shelf{habits: habits{ids: count(10)}}
	a := newTestAPI(t, func(form url.Values, r *http.Request) (*http.Response, error) {
		_, w := brokenShelf(s.habits, broken...)
		return w(form, r)
	})
	for _, offset := range []int{7, 6, 2} {
		broken[0] = offset
		p, err := a.GetClientsProducts(t.Context(), GetClientsProductsRequest{})
		if want := without(10, broken); err != nil || !slices.Equal(idsOf(p), want) {
			t.Errorf("offset %d: %v, %v", offset, p, err)
		}
	}
}
