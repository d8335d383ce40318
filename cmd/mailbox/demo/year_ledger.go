package demo

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/ledger"
)

// siteOpened is when the sections of the site were.
const siteOpened = "2020-09-01"

// openColumns makes the tree of the site. Two more of its sections are not there
// on the last day of the example year: one was closed before, one came later.
func (y Year) openColumns(ctx context.Context, w *work) error {
	for n, top := range y.Columns {
		c, err := w.open(ctx, workflow.Column{Name: top.Name, Department: w.departments[top.Department], Sort: n + 1, Opened: siteOpened})
		if err != nil {
			return err
		}
		for m, s := range top.Below {
			below := workflow.Column{Name: s.Name, Parent: c.ID, Department: w.departments[s.Department], Sort: m + 1, Opened: siteOpened}
			if _, err := w.open(ctx, below); err != nil {
				return err
			}
		}
	}
	news, err := w.column(ctx, "新闻动态")
	if err != nil {
		return err
	}
	_, err = w.open(ctx, workflow.Column{Name: closedColumn, Parent: news.ID, Department: w.departments["medical"], Sort: 20, Opened: "2020-09-01"})
	return err
}

func (w *work) open(ctx context.Context, c workflow.Column) (workflow.Column, error) {
	c.URL = fmt.Sprintf("https://www.yunting.example/%d/%d", c.Parent, c.Sort)
	return w.ledger.SaveColumn(ctx, w.actor(clerk), c)
}

const (
	closedColumn = "疫情防控"
	laterColumn  = "数字校园"
)

func closeColumn(ctx context.Context, w *work) error {
	c, err := w.column(ctx, "新闻动态/"+closedColumn)
	if err != nil {
		return err
	}
	c.Closed = "2023-03-06"
	_, err = w.ledger.SaveColumn(ctx, w.actor(clerk), c)
	return err
}

func openLater(ctx context.Context, w *work) error {
	news, err := w.column(ctx, "新闻动态")
	if err == nil {
		_, err = w.open(ctx, workflow.Column{Name: laterColumn, Parent: news.ID, Department: w.departments["it"], Sort: 21, Opened: "2024-03-01"})
	}
	return err
}

// sayDuties says of everything that colleges must publish whether this one has
// it, and where.
func (y Year) sayDuties(ctx context.Context, w *work) error {
	all, err := w.ledger.Duties(ctx, w.actor(clerk))
	if err != nil {
		return err
	}
	for _, d := range all {
		d.WhyNot = y.Inapplicable[d.No]
		d.Applies = d.WhyNot == ""
		if path := y.Duties[d.No]; path != "" {
			c, err := w.column(ctx, path)
			if err != nil {
				return err
			}
			d.Columns, d.Department, d.URL = []int64{c.ID}, c.Department, c.URL
		}
		if _, err := w.ledger.SaveDuty(ctx, w.actor(clerk), d.Duty); err != nil {
			return err
		}
	}
	return nil
}

// enter hands a table in as the office does; another person confirms the review
// that was done at the time.
func enter(name string, rows []row) func(ctx context.Context, w *work) error {
	return func(ctx context.Context, w *work) error {
		id, err := w.handTableIn(ctx, name, rows)
		if err != nil {
			return err
		}
		n, err := w.imports.Confirm(ctx, w.actor(officeHead), id, "已抽查，与发布记录一致")
		if err == nil && n != len(rows) {
			err = fmt.Errorf("%s: %d rows became %d items", name, len(rows), n)
		}
		return err
	}
}

// waiting is enter without the confirmation.
func waiting(name string, rows []row) func(ctx context.Context, w *work) error {
	return func(ctx context.Context, w *work) error {
		_, err := w.handTableIn(ctx, name, rows)
		return err
	}
}

func (w *work) handTableIn(ctx context.Context, name string, rows []row) (int64, error) {
	text, err := table(rows)
	if err != nil {
		return 0, err
	}
	sum, _, err := w.deps.Blobs.Put(ctx, strings.NewReader(text), ledger.MaxTable)
	if err != nil {
		return 0, err
	}
	m, err := w.imports.Begin(ctx, w.actor(clerk), name, sum)
	if err != nil {
		return 0, err
	}
	if err := w.imports.Queue(ctx, w.actor(clerk), m.ID, "发布时已按《高等学校信息公开办法》逐条审查", "各部门负责人"); err != nil {
		return 0, err
	}
	_, err = w.imports.Run(ctx)
	return m.ID, err
}

// byHand are the items that departments entered themselves. Twelve of them count
// in the example year's report: the thirteenth was withdrawn, and the last three
// were of other days.
func byHand() []deed {
	var out []deed
	for n, i := range handItems {
		at := i.at
		if at == "" {
			at = i.day + fmt.Sprintf(" 1%d:%02d", n%2, 10+n)
		}
		out = append(out, deed{at, "publish " + i.title, i.publish})
	}
	out = append(out, deed{"2023-05-22 09:30", "withdraw", withdraw}, deed{"2024-03-01 09:00", "open a column", openLater})
	slices.SortStableFunc(out, func(a, b deed) int { return strings.Compare(a.at, b.at) })
	return out
}

type handItem struct {
	day, at, department, column, title, summary string
}

const withdrawn = "关于校园卡补办地点的公告"

var handItems = []handItem{
	{"2023-02-08", "", "admissions", "招生信息/单独招生", "2023年单独招生报名入口开放", "报名截止前可多次修改志愿。"},
	{"2023-03-15", "", "academic", "学工在线/学籍管理", "转专业申请办理流程", "一次填报，两级审核，结果在教务系统查询。"},
	{"2023-03-29", "", "assets", "新闻动态/招标采购", "学生公寓空调采购项目资格预审公告", ""},
	{"2023-04-12", "", "students", "学工在线/辅导员之窗", "辅导员值班表与联系方式", "遇到困难可先找值班辅导员。"},
	{"2023-04-26", "", "youth", "素质教育/社团风采", "社团年审结果公布", ""},
	{"2023-05-10", "", "office", "新闻动态/通知公告", withdrawn, "补办地点以校园卡服务中心通知为准。"},
	{"2023-05-24", "", "admissions", "招生信息/招生计划", "2023年专升本推荐名额分配办法", ""},
	{"2023-06-14", "", "quality", "专业设置/质量报告", "春季学期教学督导简报", ""},
	{"2023-08-23", "", "logistics", "学工在线/宿舍管理", "新生宿舍分配与入住须知", "按专业相对集中，特殊需要可单独申请。"},
	{"2023-09-06", "", "students", "学工在线/国防教育", "新生军训安排与注意事项", ""},
	{"2023-09-20", "", "training", "专业设置/实训基地", "实训中心设备共享预约办法", ""},
	{"2023-10-18", "", "sports", "素质教育/文体美育", "秋季运动会竞赛规程", ""},
	{"2023-11-08", "", "research", "组织机构/学术委员会", "学术委员会受理学术不端举报的渠道", "电话、信箱与受理时限一并公布。"},
	{"2023-11-18", "2023-11-20 08:50", "party", "新闻动态/学校要闻", "学校举行建校纪念日校友返校活动", ""},
	{"2023-11-20", "2023-11-21 10:20", "party", "新闻动态/学校要闻", "校友企业捐赠实训设备仪式举行", "活动当日已在官网发布，台账次日补登。"},
}

func (i handItem) publish(ctx context.Context, w *work) error {
	item, err := w.item(ctx, i)
	if err != nil {
		return err
	}
	_, err = w.publish(ctx, item, i.department)
	return err
}

func (w *work) item(ctx context.Context, i handItem) (workflow.Item, error) {
	c, err := w.column(ctx, i.column)
	return workflow.Item{
		Channel: workflow.OnSite, Column: c.ID, Title: i.title, Summary: i.summary, Day: i.day,
		URL: "https://www.yunting.example/" + strings.ReplaceAll(i.day, "-", "") + "/" + strconv.Itoa(len(i.title)) + ".html",
	}, err
}

func withdraw(ctx context.Context, w *work) error {
	list, err := w.tx.Items(ctx, workflow.ItemQuery{Search: withdrawn, Limit: 1})
	if err != nil || len(list.Items) == 0 {
		return fmt.Errorf("find what is withdrawn: %w", err)
	}
	i := list.Items[0]
	return w.ledger.Withdraw(ctx, w.actor("office-head"), i.ID, i.Version, "补办地点有变，更正后另行发布")
}

// lateness is how long ago the college's latest tables were handed in.
const lateness = 6

// lately is the last school year and what departments are at now: enough of each
// for a draft of the next report and for desks that are not empty.
func (y Year) lately(now time.Time, cal interface{ Location() *time.Location }) []deed {
	now = now.In(cal.Location())
	begins, ends := schoolYear(now)
	day := func(back int) string { return now.AddDate(0, 0, -back).Format(time.DateOnly) }
	last := y.part(begins, min(ends, day(lateness)), 40)
	since := y.part(day(50), day(lateness+1), 6)
	return []deed{
		{day(lateness) + " 08:10", "enter the site of the school year", enter("官网信息（本学年）.csv", last.sites)},
		{day(lateness) + " 08:20", "enter the posts of the school year", enter("公众号推文（本学年）.csv", last.account)},
		{day(lateness) + " 08:30", "enter the videos of the school year", enter("视频号作品（本学年）.csv", last.video)},
		{day(lateness) + " 08:40", "enter the minutes of the school year", enter("会议纪要目录（本学年）.csv", last.minutes)},
		{day(lateness) + " 08:50", "enter the documents of the school year", enter("发文登记簿（本学年）.csv", last.documents)},
		{day(3) + " 08:40", "hand the last weeks in", waiting("官网信息（近期，待确认）.csv", since.sites)},
		{day(2) + " 08:40", "draft", underWay(day(1))},
		{day(1) + " 08:40", "draft the next report", nextReport(begins, ends, day(0))},
	}
}

// schoolYear is the last school year that is over, half-open.
func schoolYear(now time.Time) (begins, ends string) {
	year := now.Year()
	if now.Month() < time.September || now.Month() == time.September && now.Day() == 1 {
		year--
	}
	return fmt.Sprintf("%d-09-01", year-1), fmt.Sprintf("%d-09-01", year)
}

// underWay leaves a draft and something to review on the desks of departments.
func underWay(on string) func(ctx context.Context, w *work) error {
	return func(ctx context.Context, w *work) error {
		for n, i := range []handItem{
			{on, "", "logistics", "学工在线/宿舍管理", "寒假留校住宿申请办法", "留校学生集中安排在三号楼。"},
			{on, "", "academic", "专业设置/课程建设", "下学期公共选修课目录", ""},
			{on, "", "students", "学工在线/奖助学金", "校级奖学金评审结果公示", "公示期五个工作日，异议请向学生工作处提出。"},
		} {
			item, err := w.item(ctx, i)
			if err != nil {
				return err
			}
			if n == 0 {
				_, err = w.ledger.Save(ctx, w.actor(i.department+"-clerk"), item)
			} else {
				_, err = w.handedIn(ctx, item, i.department)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}
