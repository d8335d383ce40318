package document

import (
	"encoding/json"
	"io"
	"time"

	"mailbox/workflow"
)

// jsonDocument is a document for programs. Its names are kept: others read them.
type jsonDocument struct {
	Locale      string      `json:"locale"`
	Letterhead  string      `json:"letterhead,omitempty"`
	Number      string      `json:"number,omitempty"`
	Title       string      `json:"title"`
	Addressee   string      `json:"addressee,omitempty"`
	Blocks      []jsonBlock `json:"blocks"`
	Attachments []string    `json:"attachments,omitempty"`
	Signature   string      `json:"signature,omitempty"`
	Date        string      `json:"date,omitempty"`
	Annexes     []jsonAnnex `json:"annexes,omitempty"`
	Mark        string      `json:"mark,omitempty"`
	Made        *time.Time  `json:"made,omitempty"`
}

type jsonBlock struct {
	Kind  workflow.BlockKind `json:"kind"`
	Level int                `json:"level,omitempty"`
	Text  string             `json:"text,omitempty"`
	Table *jsonTable         `json:"table,omitempty"`
}

type jsonTable struct {
	Caption string     `json:"caption,omitempty"`
	Head    []string   `json:"head"`
	Rows    [][]string `json:"rows"`
}

type jsonAnnex struct {
	Label  string      `json:"label"`
	Title  string      `json:"title"`
	Blocks []jsonBlock `json:"blocks"`
}

// WriteJSON writes an official document for programs: its texts as they are, and
// nothing about how they look.
func WriteJSON(w io.Writer, d workflow.Document) error {
	out := jsonDocument{
		Locale: d.Locale, Letterhead: d.Letterhead, Number: d.Number, Title: d.Title, Addressee: d.Addressee,
		Blocks: jsonBlocks(d.Blocks), Attachments: d.Attachments, Signature: d.Signature, Date: d.Date, Mark: d.Mark,
	}
	for _, a := range d.Annexes {
		out.Annexes = append(out.Annexes, jsonAnnex{Label: a.Label, Title: a.Title, Blocks: jsonBlocks(a.Blocks)})
	}
	if !d.Made.IsZero() {
		out.Made = new(d.Made)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func jsonBlocks(blocks []workflow.Block) []jsonBlock {
	out := []jsonBlock{}
	for _, b := range blocks {
		one := jsonBlock{Kind: b.Kind, Level: b.Level, Text: b.Text}
		if b.Table != nil {
			one.Table = &jsonTable{Caption: b.Table.Caption, Head: b.Table.Head, Rows: b.Table.Rows}
		}
		out = append(out, one)
	}
	return out
}
