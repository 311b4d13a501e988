package slackfake

import (
	"maps"
	"slices"
	"strings"
)

// scopeOf is what reading a conversation's details needs.
func scopeOf(c *Channel) string {
	switch {
	case c.MPIM:
		return "mpim:read"
	case c.IM != "":
		return "im:read"
	case c.Private:
		return "groups:read"
	}
	return "channels:read"
}

func (w *Workspace) conversationsInfo(c *call) (object, *apiError) {
	ch := w.channels[c.args.str("channel")]
	if ch == nil || (ch.Private || ch.IM != "" || ch.MPIM) && !ch.has(BotUser) {
		return nil, refuse("channel_not_found")
	}
	if problem := w.scoped(scopeOf(ch)); problem != nil {
		return nil, problem
	}
	return object{"channel": w.channelJSON(ch)}, nil
}

func (w *Workspace) channelJSON(c *Channel) object {
	if c.IM != "" {
		u := w.users[c.IM]
		return object{
			"id": c.ID, "is_im": true, "user": c.IM, "is_archived": c.Archived, "created": 1700000000, "priority": 0,
			"is_org_shared": false, "is_user_deleted": u != nil && u.Deleted,
		}
	}
	teams := []string{TeamID}
	if c.ExtShared {
		teams = append(teams, PartnerTeam)
	}
	return object{
		"id": c.ID, "name": c.Name, "name_normalized": c.Name, "is_channel": !c.Private && !c.MPIM,
		"is_group": c.Private && !c.MPIM, "is_im": false, "is_mpim": c.MPIM, "is_private": c.Private || c.MPIM,
		"is_archived": c.Archived, "is_general": c.ID == General, "is_member": c.has(BotUser),
		"is_shared": c.ExtShared || c.OrgShared, "is_ext_shared": c.ExtShared, "is_org_shared": c.OrgShared,
		"is_pending_ext_shared": c.PendingExtShared, "created": 1700000000, "creator": Alice,
		"context_team_id": TeamID, "conversation_host_id": TeamID, "shared_team_ids": teams,
		"internal_team_ids": []string{TeamID}, "connected_team_ids": teams[1:], "num_members": len(c.Members),
	}
}

func (w *Workspace) conversationsOpen(c *call) (object, *apiError) {
	if id := c.args.str("channel"); id != "" {
		if w.channels[id] == nil {
			return nil, refuse("channel_not_found")
		}
		return object{"channel": object{"id": id}}, nil
	}
	users := c.args.str("users")
	u := w.users[users]
	switch {
	case users == "":
		return nil, refuse("users_list_not_supplied")
	case strings.Contains(users, ","):
		return nil, refuse("not_enough_users") // the workspace has no group messages
	case u == nil:
		return nil, refuse("user_not_found")
	case u.Deleted:
		return nil, refuse("user_disabled")
	case w.channels[DM(u.ID)] == nil:
		return nil, refuse("cannot_dm_bot")
	}
	return object{"channel": object{"id": DM(u.ID)}, "no_op": true, "already_open": true}, nil
}

func (w *Workspace) usersInfo(c *call) (object, *apiError) {
	u := w.users[c.args.str("user")]
	if u == nil {
		return nil, refuse("user_not_found")
	}
	profile := object{"real_name": u.RealName, "display_name": u.Name, "team": u.TeamID}
	if u.Bot {
		profile["bot_id"], profile["api_app_id"] = u.BotID, u.AppID
	}
	o := object{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "deleted": u.Deleted, "real_name": u.RealName,
		"profile": profile, "is_bot": u.Bot, "is_app_user": false, "updated": 1700000000,
		"tz": u.TZ, "tz_label": "", "tz_offset": 0,
	}
	if u.Teams != nil {
		o["enterprise_user"] = object{"id": u.ID, "enterprise_id": w.cfg.Enterprise, "enterprise_name": "Acme Group", "teams": u.Teams}
	}
	if u.external() || u.Stranger {
		o["is_stranger"] = u.Stranger
	}
	if !u.Deleted && !u.external() {
		o["is_restricted"], o["is_ultra_restricted"] = u.Restricted || u.UltraRestricted, u.UltraRestricted
		o["is_admin"], o["is_owner"], o["is_primary_owner"] = false, false, false
	}
	return object{"user": o}, nil
}

func (w *Workspace) groupUsers(c *call) (object, *apiError) {
	g := w.groups[c.args.str("usergroup")]
	if g == nil {
		return nil, refuse("no_such_subteam")
	}
	return object{"users": g.Members}, nil
}

func (w *Workspace) groupList(c *call) (object, *apiError) {
	all := []object{}
	for _, id := range slices.Sorted(maps.Keys(w.groups)) {
		g := w.groups[id]
		all = append(all, object{
			"id": g.ID, "team_id": TeamID, "is_usergroup": true, "handle": g.Handle, "name": g.Handle,
			"date_delete": 0, "user_count": len(g.Members), "users": g.Members,
		})
	}
	return object{"usergroups": all}, nil
}
