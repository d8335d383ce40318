package office_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/casework"
)

func TestTray_sendsALetterOnWithOnePress(t *testing.T) {
	t.Parallel()
	k := open(t)
	first := k.Send(t)
	k.Pass(time.Hour)
	second := k.Send(t, func(l *workflow.Letter) { l.Subject = "食堂二楼晚饭排队太久" })
	clerk := k.as(t, k.Clerk)
	page := clerk.Get("/office").Wants(http.StatusOK, "还有 2 封", "受理并转办后勤处", "类别“后勤维修”由后勤处承办").HTML()
	if title := page.One(t, "#letter-title").Text(); title != "三号宿舍楼热水时断时续" {
		t.Errorf("the tray begins with %s, want the letter that is due first", title)
	}
	act := "/desk/cases/" + first.Number + "/accept"
	sent := form(t, page, act)
	clerk.Post(act, sent).LeadsTo("/office?at=" + second.Number + "&seg=new")
	c, err := k.Store.Case(t.Context(), first.CaseID)
	if err != nil || c.State != workflow.Routed || c.Department != k.Logistics.ID {
		t.Errorf("the letter is %s with %d, %v", c.State, c.Department, err)
	}
	clerk.Get("/office?at="+second.Number+"&seg=new").Wants(http.StatusOK, "还有 1 封", "食堂二楼晚饭排队太久")
	clerk.Post(act, sent).Wants(http.StatusConflict) // a second press, or an old page
	clerk.Post("/desk/cases/"+second.Number+"/accept", form(t, clerk.Get("/office").HTML(), "/desk/cases/"+second.Number+"/accept")).LeadsTo("/office?seg=new")
	clerk.Get("/office").Wants(http.StatusOK, "收信盘已清空")
}

func TestTray_tellsRefusedFromNew(t *testing.T) {
	t.Parallel()
	k := open(t)
	r := k.Send(t)
	k.Do(t, k.Clerk, r.CaseID, casework.Act{Action: workflow.Accept, Department: k.Logistics.ID})
	k.Do(t, k.LogisticsClerk, r.CaseID, casework.Act{Action: workflow.Refuse, Note: "应由教务处承办。"})
	clerk := k.as(t, k.Clerk)
	body := clerk.Get("/office?seg=back").Wants(http.StatusOK, "应由教务处承办。", "选择承办部门").Body
	if strings.Contains(body, "转办后勤处") {
		t.Error("the department that gave it back is suggested again")
	}
	clerk.Get("/office?seg=route").Wants(http.StatusOK, "这一栏已处理完", "“被退回”还有 1 封")
}

func TestTray_neverSuggestsWhomALetterIsAbout(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.Send(t, func(l *workflow.Letter) { l.About = k.Logistics.ID })
	body := k.as(t, k.Clerk).Get("/office").Wants(http.StatusOK, "被反映部门").Body
	if strings.Contains(body, "受理并转办后勤处") {
		t.Error("the department the letter complains about is suggested")
	}
	if strings.Contains(body, `<option value="2">后勤处`) && strings.Contains(body, `id="act-department"`) &&
		strings.Contains(body[strings.Index(body, `id="act-department"`):strings.Index(body, `id="act-route-note"`)], "后勤处") {
		t.Error("it can be chosen")
	}
}

func TestTray_showsWhatIsAlike(t *testing.T) {
	t.Parallel()
	k := open(t)
	twin := k.Send(t, func(l *workflow.Letter) {
		l.Subject, l.Mode, l.Identity = "三号宿舍楼晚上热水时断时续", workflow.Anonymous, workflow.Identity{}
	})
	k.Pass(time.Hour)
	r := k.Send(t)
	clerk := k.as(t, k.Clerk)
	page := clerk.Get("/office?seg=new&at="+r.Number).Wants(http.StatusOK, twin.Number, "主题相似").HTML()
	act := "/desk/cases/" + r.Number + "/merge"
	clerk.Post(act, form(t, page, act, "into", twin.Number)).LeadsTo("/office?at=" + twin.Number + "&seg=new")
	c, err := k.Store.Case(t.Context(), r.CaseID)
	if err != nil || c.MergedInto != twin.CaseID {
		t.Errorf("merged into %d, %v", c.MergedInto, err)
	}
}

func TestTray_checksAnswers(t *testing.T) {
	t.Parallel()
	k := open(t)
	r := k.Send(t)
	k.live(t, 5, r.CaseID)
	clerk := k.as(t, k.Clerk)
	page := clerk.Get("/office").Wants(http.StatusOK, "待审核的答复", "已安排维修，今晚恢复。", "后勤处长 签发于", "不能收回").HTML()
	act := "/desk/cases/" + r.Number + "/answer"
	clerk.Post(act, form(t, page, act)).LeadsTo("/office?seg=check")
	c, err := k.Store.Case(t.Context(), r.CaseID)
	if err != nil || c.State != workflow.Answered {
		t.Errorf("the case is %s, %v", c.State, err)
	}
}

// A case of the sealed lane is in no pile, list, board or count of the office.
func TestSealedCasesAreNowhere(t *testing.T) {
	t.Parallel()
	k := open(t)
	r := k.Send(t, func(l *workflow.Letter) {
		l.Kind, l.Category, l.Subject = workflow.Report, k.Misconduct.ID, "举报某处采购问题"
	})
	clerk := k.as(t, k.Clerk)
	for _, path := range []string{"/office", "/office/cases?state=all", "/office/cases?q=采购", "/office/cases?q=" + r.Number, "/office/board"} {
		if body := clerk.Get(path).Wants(http.StatusOK).Body; strings.Contains(body, r.Number) && !strings.Contains(path, r.Number) || strings.Contains(body, "举报某处") {
			t.Errorf("%s shows the sealed case", path)
		}
	}
	if n := listed(t, clerk, "/office/cases?state=all"); n != "0" {
		t.Errorf("the list counts %s", n)
	}
	if n := listed(t, k.as(t, k.Discipline), "/office/cases"); n != "1" {
		t.Errorf("the discipline officer's list counts %s, want 1", n)
	}
}
