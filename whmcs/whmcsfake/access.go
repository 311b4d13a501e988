package whmcsfake

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The actions that the fake has, in the documentation's spelling.
var actions = []string{"GetClientsProducts", "GetClientsDetails", "GetClients", "GetServers"}

// actionName returns the documented spelling of an action: WHMCS does not mind
// the case. Unknown ones are returned as they are.
func actionName(action string) string {
	for _, a := range actions {
		if strings.EqualFold(a, action) {
			return a
		}
	}
	return action
}

// access returns the refusal of r, nil if it is let in. The texts and the status
// are those of current versions.
func (s *Server) access(r *http.Request) *reply {
	form := r.PostForm
	if message := s.login(form); message != "" {
		return failure(http.StatusForbidden, message)
	}
	action := form.Get("action")
	switch {
	case action == "":
		return failure(http.StatusBadRequest, "Empty action request")
	case !slices.Contains(actions, actionName(action)):
		// The status of this one is not known.
		return failure(http.StatusBadRequest, fmt.Sprintf("Invalid API Action: %q is not a valid API action", strings.ToLower(action)))
	case !s.permits(action):
		return notPermitted(action)
	}
	return nil
}

// login checks the credentials and returns WHMCS's words for what is wrong with
// them. An API credential may also be in the fields of the admin login.
func (s *Server) login(form url.Values) (message string) {
	id, secret := form.Get("identifier"), form.Get("secret")
	if id == "" && secret == "" {
		id, secret = form.Get("username"), form.Get("password")
		if id == s.cfg.Username {
			sum := md5.Sum([]byte(s.cfg.Password))
			if secret != hex.EncodeToString(sum[:]) {
				return "Invalid password provided"
			}
			return ""
		}
	}
	switch {
	case id == "" || secret == "":
		return "Authentication Failed"
	case id != s.cfg.Identifier:
		return "Invalid or missing credentials"
	case secret != s.cfg.Secret:
		return "Authentication Failed"
	}
	return ""
}

// permits reports whether the API role has an action.
func (s *Server) permits(action string) bool {
	return s.cfg.Actions == nil || slices.ContainsFunc(s.cfg.Actions, func(a string) bool {
		return strings.EqualFold(a, action)
	})
}

// notPermitted is the refusal of an action that the role lacks; WHMCS names the
// action in lower case.
func notPermitted(action string) *reply {
	return failure(http.StatusForbidden, fmt.Sprintf(
		"Invalid Permissions: API action %q is not allowed", strings.ToLower(action)))
}
