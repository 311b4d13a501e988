package whmcsfake

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Fault is one way to misbehave, switched on by Set. Only Name is needed.
type Fault struct {
	Name   string // one of Faults
	Action string // the action that it acts on; "": all

	Skip  int // calls that it lets pass first
	Times int // calls that it then acts on; 0: all until Clear

	// What the fault's description calls N, Text and Latency; zero: its default.
	N       int
	Text    string
	Latency time.Duration
}

// A FaultInfo describes a fault.
type FaultInfo struct {
	Name  string
	About string
}

// Faults returns all faults, in the order of a network, a server, access, and
// the reply.
func Faults() []FaultInfo {
	out := make([]FaultInfo, len(definitions))
	for i, d := range definitions {
		out[i] = FaultInfo{d.name, d.about}
	}
	return out
}

// An active fault is one that is switched on.
type active struct {
	Fault
	def  *definition
	seen int // calls that came by
}

// Set switches a fault on; one of the same name and action is replaced. The error
// is about a name that does not exist.
func (s *Server) Set(f Fault) error {
	i := slices.IndexFunc(definitions, func(d definition) bool { return d.name == f.Name })
	if i < 0 {
		return fmt.Errorf("no fault is named %q", f.Name)
	}
	def := &definitions[i]
	if f.N == 0 {
		f.N = def.n
	}
	if f.Text == "" {
		f.Text = def.text
	}
	if f.Latency == 0 {
		f.Latency = def.latency
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = slices.DeleteFunc(s.faults, func(a *active) bool { return a.Name == f.Name && a.Action == f.Action })
	s.faults = append(s.faults, &active{Fault: f, def: def})
	if f.Name == faultDown {
		return s.unlisten()
	}
	return nil
}

// Clear switches faults off, all of them where none is named, and lets go of the
// calls that hang. The error is about a port that could not be opened again.
func (s *Server) Clear(names ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	down := s.down()
	s.faults = slices.DeleteFunc(s.faults, func(a *active) bool {
		return len(names) == 0 || slices.Contains(names, a.Name)
	})
	close(s.changed)
	s.changed = make(chan struct{})
	select {
	case <-s.gone:
		return nil
	default:
	}
	if down && !s.down() && s.addr != "" && s.http == nil {
		return s.listen()
	}
	return nil
}

// down reports whether connections are refused. s.mu is held.
func (s *Server) down() bool {
	return slices.ContainsFunc(s.faults, func(a *active) bool { return a.Name == faultDown })
}

// isDown is down for callers that do not hold s.mu.
func (s *Server) isDown() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down()
}

// Active returns the names of the faults that are switched on and not used up.
func (s *Server) Active() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, a := range s.faults {
		if a.Times == 0 || a.seen < a.Skip+a.Times {
			names = append(names, a.Name)
		}
	}
	return names
}

// acting counts c with every fault and returns those that act on it, and the
// channel that Clear closes.
func (s *Server) acting(c *Call) (out []*active, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.faults {
		if a.Action != "" && !strings.EqualFold(a.Action, c.Action) {
			continue
		}
		a.seen++
		seen := a.seen - a.Skip
		if a.def.lasting && a.Times > 0 {
			seen = min(seen, a.Times)
		}
		if seen > 0 && (a.Times == 0 || seen <= a.Times) {
			out = append(out, &active{Fault: a.Fault, def: a.def, seen: seen})
		}
	}
	return out, s.changed
}
