package slackfake

import "fmt"

// table is the older block: 100 rows with the header, 20 cells a row, 10,000 characters.
func (k *checker) table(path string, b object) {
	k.tables++
	total := 0
	for i, row := range k.rows(path, b["rows"], 1, 100, 20) {
		for j, cell := range row {
			total += k.cell(fmt.Sprintf("%s/rows/%d/%d", path, i, j), cell, "raw_text", "rich_text", "raw_number")
		}
	}
	if total > 10_000 {
		k.wrong(path+"/rows", "must be less than 10001 characters over all cells")
	}
	if b["column_settings"] != nil {
		for i, c := range k.items(path+"/column_settings", b["column_settings"], 0, 20) {
			at := fmt.Sprintf("%s/column_settings/%d", path, i)
			k.onlyKnown(at, "column_settings", c)
			k.oneOf(at+"/align", c["align"], "left", "center", "right")
		}
	}
}

// dataTable is the newer block: 2 to 201 rows with the header, whose cells are raw_text;
// rows of one length, 20,000 characters, a caption.
func (k *checker) dataTable(path string, b object) {
	k.tables++
	k.needed(path+"/caption", b["caption"], 2000)
	if b["page_size"] != nil {
		if n, ok := number(b["page_size"]); !ok || n < 1 || n > 100 {
			k.wrong(path+"/page_size", "must be 1 to 100")
		}
	}
	total, width := 0, -1
	for i, row := range k.rows(path, b["rows"], 2, 201, 20) {
		if width >= 0 && len(row) != width {
			k.wrong(fmt.Sprintf("%s/rows/%d", path, i), "all rows must have the same length")
		}
		width = len(row)
		types := []string{"raw_text", "raw_number", "rich_text", "action_cell"}
		if i == 0 {
			types = types[:1]
		}
		for j, cell := range row {
			total += k.cell(fmt.Sprintf("%s/rows/%d/%d", path, i, j), cell, types...)
		}
	}
	if total > 20_000 {
		k.wrong(path+"/rows", "must be less than 20001 characters over all cells")
	}
}

// rows checks the shape of a table's rows.
func (k *checker) rows(path string, v any, least, most, columns int) [][]any {
	all := list(v)
	if len(all) < least || len(all) > most {
		k.wrong(path+"/rows", "%d to %d rows allowed", least, most)
		return nil
	}
	var rows [][]any
	for i, r := range all {
		cells := list(r)
		if len(cells) < 1 || len(cells) > columns {
			k.wrong(fmt.Sprintf("%s/rows/%d", path, i), "1 to %d cells allowed", columns)
		}
		rows = append(rows, cells)
	}
	return rows
}

// cell checks a cell and returns its size in units.
func (k *checker) cell(path string, v any, types ...string) int {
	c := obj(v)
	k.oneOf(path+"/type", firstOf(str(c["type"]), "none"), types...)
	if kind := str(c["type"]); kind == "rich_text" {
		k.onlyKnown(path, "cell rich_text", c)
	} else {
		k.onlyKnown(path, kind, c)
	}
	switch str(c["type"]) {
	case "raw_text":
		k.needed(path+"/text", c["text"], 1<<20)
		return units(str(c["text"]))
	case "raw_number":
		n, ok := number(c["value"])
		if !ok {
			k.wrong(path+"/value", "must be a number")
		}
		if text := str(c["text"]); text != "" {
			return units(text)
		}
		return units(fmt.Sprint(n))
	case "rich_text":
		k.richText(path, c)
		return units(fmt.Sprint(blockTexts(encode([]object{c}))))
	case "action_cell":
		if e := obj(c["element"]); str(e["type"]) != "button" {
			k.wrong(path+"/element", "must be a button")
		} else {
			k.element(path+"/element", e, inActions)
			return units(str(obj(e["text"])["text"]))
		}
	}
	return 0
}

// chart checks data_visualization: one of four charts with a title of 50 characters.
func (k *checker) chart(path string, b object) {
	k.needed(path+"/title", b["title"], 50)
	c := obj(b["chart"])
	switch str(c["type"]) {
	case "pie":
		for i, s := range k.items(path+"/chart/segments", c["segments"], 1, 6) {
			at := fmt.Sprintf("%s/chart/segments/%d", path, i)
			k.needed(at+"/label", s["label"], 20)
			if n, ok := number(s["value"]); !ok || n <= 0 {
				k.wrong(at+"/value", "must be more than 0")
			}
		}
	case "bar", "line", "area":
		k.series(path+"/chart", c)
	default:
		k.wrong(path+"/chart/type", "unsupported type: %s", str(c["type"]))
	}
}

// series checks a chart with axes: each series has one point for each category. One
// source says 6 series, another 12; the smaller number holds.
func (k *checker) series(path string, c object) {
	axis := obj(c["axis_config"])
	categories := map[string]bool{}
	for i, v := range list(axis["categories"]) {
		at := fmt.Sprintf("%s/axis_config/categories/%d", path, i)
		k.needed(at, v, 20)
		if categories[str(v)] {
			k.wrong(at, "is not unique: %s", str(v))
		}
		categories[str(v)] = true
	}
	if n := len(categories); n < 1 || n > 20 {
		k.wrong(path+"/axis_config/categories", "1 to 20 categories allowed")
	}
	k.length(path+"/axis_config/x_label", axis["x_label"], 0, 50)
	k.length(path+"/axis_config/y_label", axis["y_label"], 0, 50)
	names := map[string]bool{}
	for i, s := range k.items(path+"/series", c["series"], 1, 6) {
		at := fmt.Sprintf("%s/series/%d", path, i)
		k.needed(at+"/name", s["name"], 20)
		k.unique(at+"/name", s["name"], names)
		points := map[string]bool{}
		for j, p := range k.items(at+"/data", s["data"], 1, 20) {
			label := str(p["label"])
			if _, ok := number(p["value"]); !ok {
				k.wrong(fmt.Sprintf("%s/data/%d/value", at, j), "must be a number")
			}
			if !categories[label] || points[label] {
				k.wrong(fmt.Sprintf("%s/data/%d/label", at, j), "must be one of the categories, once")
			}
			points[label] = true
		}
		if len(points) != len(categories) {
			k.wrong(at+"/data", "must have one point for each category")
		}
	}
}
