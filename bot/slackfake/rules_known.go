package slackfake

import (
	"maps"
	"slices"
	"strings"
)

// Slack refuses a block, an element or a view that has a property it does not know. The
// lists follow its published types.

// knownProperties are what each type of block and element may have beside its type.
var knownProperties = propertiesOf(map[string]string{
	// Blocks; all have a block_id.
	"block section":            "text fields accessory expand",
	"block divider":            "",
	"block header":             "text level",
	"block image":              "image_url slack_file alt_text title",
	"block actions":            "elements",
	"block context":            "elements",
	"block rich_text":          "elements",
	"block input":              "label element hint optional dispatch_action",
	"block video":              "video_url thumbnail_url alt_text title title_url author_name provider_name provider_icon_url description",
	"block markdown":           "text",
	"block table":              "rows column_settings",
	"block data_table":         "caption rows page_size row_header_column_index",
	"block data_visualization": "title chart",
	"block context_actions":    "elements",
	"block alert":              "text level",
	"block card":               "hero_image icon slack_icon title subtitle body subtext actions",
	"block carousel":           "elements",
	"block container":          "title rich_text_title subtitle icon width is_collapsible default_collapsed has_header_divider child_blocks",
	"block layout":             "label rows is_label_visible grid_lines fallback",

	// Elements.
	"button":               "action_id text url value style confirm accessibility_label agent_prompt agent_prompt_display visible_to_user_ids",
	"workflow_button":      "action_id text workflow style accessibility_label",
	"overflow":             "action_id options confirm",
	"static_select":        "action_id placeholder options option_groups initial_option confirm focus_on_load",
	"multi_static_select":  "action_id placeholder options option_groups initial_options max_selected_items confirm focus_on_load",
	"external_select":      "action_id placeholder initial_option min_query_length confirm focus_on_load",
	"users_select":         "action_id placeholder initial_user confirm focus_on_load",
	"conversations_select": "action_id placeholder initial_conversation default_to_current_conversation response_url_enabled filter confirm focus_on_load",
	"channels_select":      "action_id placeholder initial_channel response_url_enabled confirm focus_on_load",
	"datepicker":           "action_id placeholder initial_date confirm focus_on_load",
	"timepicker":           "action_id placeholder initial_time timezone confirm focus_on_load",
	"datetimepicker":       "action_id initial_date_time confirm focus_on_load",
	"checkboxes":           "action_id options initial_options confirm focus_on_load visible_to_user_ids",
	"radio_buttons":        "action_id options initial_option confirm focus_on_load",
	"image":                "image_url slack_file alt_text",
	"plain_text_input":     "action_id placeholder initial_value multiline min_length max_length dispatch_action_config focus_on_load",
	"email_text_input":     "action_id placeholder initial_value dispatch_action_config focus_on_load",
	"url_text_input":       "action_id placeholder initial_value dispatch_action_config focus_on_load",
	"number_input":         "action_id placeholder initial_value is_decimal_allowed min_value max_value dispatch_action_config focus_on_load",
	"file_input":           "action_id filetypes max_files",
	"rich_text_input":      "action_id placeholder initial_value min_lines max_lines dispatch_action_config focus_on_load",
	"feedback_buttons":     "action_id positive_button negative_button",
	"icon_button":          "action_id icon text value confirm accessibility_label visible_to_user_ids",

	// Parts of them.
	"plain_text":      "text emoji",
	"mrkdwn":          "text verbatim",
	"raw_text":        "text",
	"raw_number":      "value text",
	"cell rich_text":  "elements",
	"action_cell":     "element fallback",
	"confirm":         "title text confirm deny style",
	"option":          "text value description url",
	"option_group":    "label options",
	"column_settings": "align is_wrapped",

	// Rich text.
	"rich_text_section":      "elements",
	"rich_text_list":         "elements style indent border offset",
	"rich_text_preformatted": "elements border language",
	"rich_text_quote":        "elements border",
	"text":                   "text style",
	"link":                   "url text unsafe style",
	"emoji":                  "name unicode skin_tone url style",
	"user":                   "user_id style",
	"usergroup":              "usergroup_id style",
	"channel":                "channel_id style",
	"broadcast":              "range style",
	"date":                   "timestamp format url fallback style",
	"color":                  "value style",
	"team":                   "team_id style",

	// Views.
	"view modal": "title blocks close submit private_metadata callback_id clear_on_close notify_on_close external_id",
	"view home":  "blocks private_metadata callback_id external_id",
})

func propertiesOf(lists map[string]string) map[string][]string {
	all := make(map[string][]string, len(lists))
	for kind, names := range lists {
		all[kind] = append(strings.Fields(names), "type")
		if strings.HasPrefix(kind, "block ") {
			all[kind] = append(all[kind], "block_id")
		}
	}
	return all
}

// onlyKnown refuses what o has beyond the properties of its kind. A kind without a list has
// been refused already.
func (k *checker) onlyKnown(path, kind string, o object) {
	known, listed := knownProperties[kind]
	if !listed {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if !slices.Contains(known, name) {
			k.wrong(path+"/"+name, "invalid additional property: %s", name)
		}
	}
}
