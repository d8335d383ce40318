package demo

import (
	"context"
	"fmt"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/calendar"
	"mailbox/workflow/report"
	"mailbox/workflow/report/annual"
)

// annualReport is how the report of the example year came about: drafted and
// frozen on the first working day after its last, signed, reviewed, published.
func annualReport() []deed {
	return []deed{
		{"2023-11-20 09:00", "say who answers for disclosure", contacts(2023)},
		{"2023-11-20 09:20", "draft the report", draftReport},
		{"2023-11-20 09:40", "say a word about the report", remarkReport},
		{"2023-11-20 10:05", "freeze the report", withReport(func(ctx context.Context, w *work, id int64) error {
			_, err := w.bureau.Freeze(ctx, w.actor(clerk), id)
			return err
		})},
		{"2023-11-20 11:00", "check the report", withReport(func(ctx context.Context, w *work, id int64) error {
			_, err := w.bureau.Check(ctx, w.actor(officeHead), id)
			return err
		})},
		{"2023-11-20 14:40", "sign the report", withReport(func(ctx context.Context, w *work, id int64) error {
			_, err := w.bureau.Sign(ctx, w.actor(leader), id)
			return err
		})},
		{"2023-11-20 15:30", "review the report", withReport(reviewReport)},
		{"2023-11-20 16:20", "publish the report", withReport(func(ctx context.Context, w *work, id int64) error {
			_, err := w.bureau.Publish(ctx, w.actor(clerk), id)
			return err
		})},
	}
}

// contacts are the invented people of the annex.
func contacts(year int) func(ctx context.Context, w *work) error {
	return func(ctx context.Context, w *work) error {
		return w.bureau.SaveContacts(ctx, w.actor(clerk), year, []workflow.AnnualContact{
			{Post: "leader", Name: "陆景和", Duty: "副校长", Phone: "027-0000 8001", Mobile: "138 0000 8001", Mail: "leader" + addresses},
			{Post: "head", Name: "贺知远", Duty: "学校办公室主任", Phone: "027-0000 8100", Mobile: "138 0000 8002", Mail: "officehead" + addresses},
			{Post: "clerk", Name: "方晓禾", Duty: "学校办公室科员", Phone: "027-0000 8100", Mobile: "138 0000 8003", Mail: "clerk" + addresses},
		})
	}
}

// exampleOrder is the report that the province asked for.
var exampleOrder = annual.Order{
	Form: "hubei", Year: 2023, From: yearBegins, Last: yearLast, Day: yearLast, Notice: "鄂教办函〔2023〕13号",
}

func draftReport(ctx context.Context, w *work) error {
	_, err := w.bureau.Draft(ctx, w.actor(clerk), exampleOrder)
	return err
}

// remarkReport is the head asking for something, and the clerk seeing to it.
var remarkReport = withReport(func(ctx context.Context, w *work, id int64) error {
	const block = "figures.documents"
	if err := w.bureau.Comment(ctx, w.actor(officeHead), id, block, "公文写的是最后一个文号，不是件数，请再与发文登记簿核对。"); err != nil {
		return err
	}
	all, err := w.tx.Comments(ctx, id)
	if err != nil {
		return err
	}
	for _, c := range all {
		if err := w.bureau.Settle(ctx, w.actor(clerk), id, c.ID); err != nil {
			return err
		}
	}
	return nil
})

// withReport does something with the report of the example year.
func withReport(do func(ctx context.Context, w *work, id int64) error) func(ctx context.Context, w *work) error {
	return func(ctx context.Context, w *work) error {
		all, err := w.bureau.Reports(ctx, w.actor(clerk), workflow.AnnualQuery{Limit: 1})
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return fmt.Errorf("there is no report of %s", yearLast)
		}
		return do(ctx, w, all[0].ID)
	}
}

func reviewReport(ctx context.Context, w *work, id int64) error {
	open, err := w.tx.ReviewsBy(ctx, workflow.ReviewQuery{Subject: workflow.ReviewReport, SubjectID: id, Open: true, Limit: 1})
	if err != nil {
		return err
	}
	for _, r := range open {
		if _, err := w.reviews.Decide(ctx, w.actor(reviewer), r.ID, harmless(r)); err != nil {
			return err
		}
	}
	return nil
}

// nextReport begins the report of a school year, with the texts of the last one
// at hand.
func nextReport(begins, ends, on string) func(ctx context.Context, w *work) error {
	return func(ctx context.Context, w *work) error {
		last := dayOf(ends).AddDate(0, 0, -1)
		if err := contacts(last.Year())(ctx, w); err != nil {
			return err
		}
		_, err := w.bureau.Draft(ctx, w.actor(clerk), annual.Order{
			Form: "ministry", Year: last.Year(), From: begins, Last: last.Format(time.DateOnly), Day: on,
			Title: fmt.Sprintf("云汀职业技术学院%d—%d学年信息公开工作报告", last.Year()-1, last.Year()),
		})
		return err
	}
}

// bulletins are the monthly bulletins: of three months before, sent, and of last
// month, on the head's desk.
func bulletins(now time.Time, cal calendar.Working) []happening {
	var out []happening
	y, m, _ := now.In(cal.Location()).Date()
	for back := 3; back >= 0; back-- {
		first := time.Date(y, m-time.Month(back), 1, 0, 0, 0, 0, cal.Location())
		at := cal.AddWork(first, 90*time.Minute)
		month := first.AddDate(0, -1, 0).Format(time.DateOnly)
		if at.After(now) {
			continue
		}
		out = append(out, happening{step: step{name: "draft bulletin " + month, at: at.UTC(), do: draftBulletin(month)}, letter: "the year"})
		if back > 0 {
			out = append(out, happening{step: step{name: "send bulletin " + month, at: cal.AddWork(at, 2*time.Hour).UTC(), do: sendBulletin(month)}, letter: "the year"})
		}
	}
	return out
}

// monthly is the bulletins as figures stand at the moment of the story.
func (p *player) monthly(ctx context.Context) (*report.Bulletins, error) {
	for n := 1; n > 0; {
		var err error
		if n, err = p.desk.Store.Project(ctx, 10_000); err != nil {
			return nil, fmt.Errorf("add figures up: %w", err)
		}
	}
	return report.NewBulletins(report.New(p.figures(p.desk.Store)), p.desk), nil
}

func draftBulletin(month string) act {
	return func(ctx context.Context, p *player, _ *subject) error {
		if _, err := p.desk.Store.Bulletin(ctx, month); err == nil {
			return nil
		}
		b, err := p.monthly(ctx)
		if err != nil {
			return err
		}
		if _, err = b.Prepare(ctx); err != nil {
			return err
		}
		one, err := p.desk.Store.Bulletin(ctx, month)
		if err != nil {
			return err
		}
		return b.Save(ctx, p.people[clerk], month, "上月来信办理总体平稳，请逾期件所在部门尽快办结并向来信人说明；办理中遇到需要多个部门配合的，请及时联系学校办公室协调。", one.Version)
	}
}

func sendBulletin(month string) act {
	return func(ctx context.Context, p *player, _ *subject) error {
		one, err := p.desk.Store.Bulletin(ctx, month)
		if err != nil || one.State == workflow.BulletinSent {
			return err
		}
		b, err := p.monthly(ctx)
		if err != nil {
			return err
		}
		return b.Approve(ctx, p.people[officeHead], month, one.Version)
	}
}
