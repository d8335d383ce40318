package annual

import (
	"io"
	"slices"

	"mailbox/workflow"
	"mailbox/workflow/report"
)

// TableKeys are the tables of a report, in order.
func TableKeys() []string {
	out := []string{"fields", "channels", "applications", "duties"}
	for _, by := range figureTables {
		out = append(out, "by_"+string(by))
	}
	return out
}

// Write writes a report as a file: docx and pdf are the document, xlsx all tables,
// json the snapshot, csv the one table that is named. Whoever calls it sees to it
// that the annex reaches signed-in staff only.
func (b *Bureau) Write(w io.Writer, files report.Files, format, table string, f Frozen, hash []byte) error {
	switch format {
	case "json":
		body, _, err := f.encode()
		if err != nil {
			return err
		}
		_, err = w.Write(body)
		return err
	case "xlsx":
		return files.WriteWorkbook(w, f.Sheets())
	case "csv":
		if table == "" {
			table = "fields"
		}
		i := slices.IndexFunc(f.Tables, func(t NamedSheet) bool { return t.Key == table })
		if i < 0 {
			return workflow.Wrong("table", "invalid.choice")
		}
		return files.Write(w, format, f.Tables[i].Sheet)
	}
	return files.WriteDocument(w, format, b.Document(f, hash))
}
