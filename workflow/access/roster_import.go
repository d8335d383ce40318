package access

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/workflow"
)

// Tables reads a table that somebody hands in, row by row, counted from 1.
type Tables func(name string, content []byte, take func(row int, cells []string) error) error

// The limits of a roster.
const (
	MaxRoster     = 16 << 20 // bytes
	maxRosterRows = 500_000
	faultsShown   = 10
	maxUnit       = 100
)

// rosterHeads are the headings that columns go by.
var rosterHeads = map[string][]string{
	"number": {"学号", "工号", "学工号", "学号/工号", "学(工)号", "学（工）号", "编号", "number", "id"},
	"name":   {"姓名", "name"},
	"status": {"身份", "类别", "人员类别", "status"},
	"unit":   {"院系", "部门", "学院", "单位", "班级", "unit", "department", "class"},
	"left":   {"离校日期", "离职日期", "毕业日期", "离校时间", "离职时间", "left", "left on", "left_on"},
}

// rosterWords are the words for what somebody is; no word is a student.
var rosterWords = map[string]workflow.RosterStatus{
	"": workflow.RosterStudent, "学生": workflow.RosterStudent, "本科生": workflow.RosterStudent, "研究生": workflow.RosterStudent,
	"专科生": workflow.RosterStudent, "student": workflow.RosterStudent,
	"教职工": workflow.RosterStaff, "教师": workflow.RosterStaff, "职工": workflow.RosterStaff, "教工": workflow.RosterStaff, "staff": workflow.RosterStaff, "teacher": workflow.RosterStaff,
}

// rosterReader makes rows of a table.
type rosterReader struct {
	roster  *Roster
	columns map[string]int
	rows    []workflow.RosterRow
	seen    map[string]int
	faults  []error
}

// Import puts a table in the place of the roster: all of it or, when one row
// cannot be read, nothing. Half of what was there may only go when sure. Staff who
// have left by it lose their accounts. It returns what is there now, and how many
// accounts were disabled.
func (r *Roster) Import(ctx context.Context, by workflow.Actor, name string, content []byte, sure bool) (workflow.RosterCounts, int, error) {
	before, err := r.Counts(ctx, by)
	if err != nil {
		return before, 0, err
	}
	x := rosterReader{roster: r, seen: map[string]int{}}
	if err := r.tables(name, content, x.take); err != nil && !errors.Is(err, errRosterFaults) {
		return before, 0, err
	}
	if err := x.verdict(); err != nil {
		return before, 0, err
	}
	if was := before.Students + before.Staff + before.Left; len(x.rows)*2 < was && !sure {
		return before, 0, workflow.Wrong("file", "roster.shrinks", was, len(x.rows))
	}
	err = r.door.store.Atomic(ctx, func(tx workflow.Store) error {
		detail := map[string]string{"rows": strconv.Itoa(len(x.rows))}
		e := workflow.JournalEntry{At: r.door.now(), Account: by.ID, Action: "roster", Subject: "roster:", Detail: detail}
		if err := tx.AddJournal(ctx, e, r.door.chain.LinkJournal); err != nil {
			return err
		}
		return tx.ReplaceRoster(ctx, x.rows)
	})
	if err != nil {
		return before, 0, err
	}
	gone, err := r.SeeOut(ctx)
	if err != nil {
		return before, gone, err
	}
	after, err := r.Counts(ctx, by)
	return after, gone, err
}

var errRosterFaults = errors.New("enough rows cannot be read")

func (x *rosterReader) verdict() error {
	switch {
	case x.columns == nil:
		return workflow.Wrong("file", "roster.headless")
	case len(x.faults) > 0:
		return errors.Join(x.faults...)
	case len(x.rows) == 0:
		return workflow.Wrong("file", "roster.empty")
	}
	return nil
}

func (x *rosterReader) take(row int, cells []string) error {
	if x.columns == nil {
		return x.head(row, cells)
	}
	if strings.TrimSpace(strings.Join(cells, "")) == "" {
		return nil
	}
	key := x.read(row, cells)
	if key != "" {
		x.faults = append(x.faults, workflow.Wrong("file", key, row))
	}
	if len(x.faults) >= faultsShown || len(x.rows) > maxRosterRows {
		return errRosterFaults
	}
	return nil
}

// head looks for the row that names the columns, among the first few.
func (x *rosterReader) head(row int, cells []string) error {
	found := map[string]int{}
	for i, cell := range cells {
		for what, words := range rosterHeads {
			for _, w := range words {
				if _, known := found[what]; !known && strings.EqualFold(strings.TrimSpace(cell), w) {
					found[what] = i
				}
			}
		}
	}
	_, number := found["number"]
	if _, name := found["name"]; number && name {
		x.columns = found
		return nil
	}
	if row >= 10 {
		return errRosterFaults
	}
	return nil
}

// read makes a row of cells, or says what is wrong with it.
func (x *rosterReader) read(row int, cells []string) (fault string) {
	cell := func(what string) string {
		if i, ok := x.columns[what]; ok && i < len(cells) {
			return strings.TrimSpace(cells[i])
		}
		return ""
	}
	number, name := compared(cell("number")), compared(cell("name"))
	status, known := rosterWords[strings.ToLower(cell("status"))]
	left, day := rosterDay(cell("left"))
	switch {
	case number == "" || len(number) > maxCampusName:
		return "roster.row.number"
	case name == "" || utf8.RuneCountInString(name) > workflow.MaxName:
		return "roster.row.name"
	case x.seen[number] > 0:
		return "roster.row.twice"
	case !known:
		return "roster.row.status"
	case !day:
		return "roster.row.left"
	case utf8.RuneCountInString(cell("unit")) > maxUnit:
		return "roster.row.unit"
	}
	x.seen[number] = row
	x.rows = append(x.rows, workflow.RosterRow{
		Number: x.roster.hash("number", number), Name: x.roster.hash("name", number, name), Status: status, Unit: cell("unit"), Left: left,
	})
	return ""
}

// rosterDay reads a day as tables have it; none is somebody who is here.
func rosterDay(s string) (day string, ok bool) {
	if s == "" {
		return "", true
	}
	s, _, _ = strings.Cut(s, " ")
	for _, layout := range []string{time.DateOnly, "2006/1/2", "2006.1.2", "2006-1-2", "20060102", "2006年1月2日"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1900 && t.Year() < 2200 {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}
