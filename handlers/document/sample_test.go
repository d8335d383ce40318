package document_test

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mailbox/workflow"
)

func head(level int, text string) workflow.Block {
	return workflow.Block{Kind: workflow.Heading, Level: level, Text: text}
}

func say(text string) workflow.Block {
	return workflow.Block{Kind: workflow.Paragraph, Text: text}
}

func grid(g workflow.Grid) workflow.Block {
	return workflow.Block{Kind: workflow.TableIn, Table: &g}
}

// sample is an annual report of an invented college, with every part a document
// can have.
func sample() workflow.Document {
	return workflow.Document{
		Locale: "zh-CN", Letterhead: "江城示范职业学院文件", Number: "江示职院〔2023〕58号",
		Title:     "江城示范职业学院 2023 年信息公开工作报告",
		Addressee: "省教育厅办公室",
		Blocks:    sampleBlocks(),
		Attachments: []string{
			"江城示范职业学院信息公开工作联系方式", "2023 年各部门主动公开信息与来信办理情况一览表",
		},
		Signature: "江城示范职业学院", Date: "2023-11-07",
		Annexes: []workflow.Annex{
			{Label: "附件 1", Title: "江城示范职业学院信息公开工作联系方式", Blocks: []workflow.Block{grid(contacts())}},
			{Label: "附件 2", Title: "2023 年各部门主动公开信息与来信办理情况一览表", Blocks: []workflow.Block{grid(departments(40))}},
		},
		Mark: "修订 2 · 截至 2023-11-07 18:00 · 9f2c4e1ab03d77c0",
		Made: time.Date(2023, 11, 7, 10, 0, 0, 0, time.UTC),
	}
}

func sampleBlocks() []workflow.Block {
	long := "学校把信息公开作为依法治校的重要内容，由校长办公室牵头，各部门分工负责，“谁制作、谁公开，谁公开、谁审查”。全年通过学校网站、微信公众号（JiangCheng-VTC）、公告栏和校长信箱发布信息，主动听取师生员工和社会公众的意见，做到件件有登记、件件有答复。"
	return []workflow.Block{
		say("根据《省教育厅办公室关于做好 2023 年高校信息公开年度报告工作的通知》（教办函〔2023〕13号）要求，现将江城示范职业学院2023年信息公开工作情况报告如下。"),
		head(1, "一、总体情况"),
		say(long),
		head(2, "（一）完善制度，明确责任。"),
		say(long + long),
		head(2, "（二）拓宽渠道，回应关切。"),
		head(3, "1. 校长信箱"),
		say("全年收到来信240件，受理221件，按时答复率98.2%，满意率93.4%（参评156件）。"),
		head(4, "（1）按来信渠道统计"),
		grid(workflow.Grid{
			Caption: "表 1  来信渠道统计", Head: []string{"渠道", "收到", "受理", "按时答复率"},
			Rows: [][]string{
				{"网页", "131", "124", "98.4%"}, {"电子邮件", "54", "47", "97.9%"}, {"电话", "31", "29", "100%"}, {"来访", "24", "21", "95.2%"},
			},
			Right: []bool{false, true, true, true},
		}),
		say("其中李𠮷同学（工号20231107）来信反映的热水供应问题，后勤管理处在2个工作日内办结。"),
		head(1, "二、主动公开信息情况"),
		say(long), say(long),
		head(1, "三、评议情况和受到举报情况"),
		say("未收到因信息公开产生的举报、投诉。"),
		head(1, "四、存在的问题和改进措施"),
		say(strings.Repeat("一是公开的及时性有待提高。二是部分栏目更新不够均衡。", 4)),
		say("下一步，将继续加强业务培训，完善发布前的保密审查，努力提高公开质量。"),
	}
}

func contacts() workflow.Grid {
	return workflow.Grid{
		Head: []string{"", "姓名", "职务", "办公电话", "移动电话", "电子邮箱"},
		Rows: [][]string{
			{"学校分管领导", "甲某某", "校长助理", "000-1234567", "13000000000", "a@college.example"},
			{"部门负责人", "乙某", "学校办公室副主任", "000-1234568", "13000000001", "office@college.example"},
			{"工作联系人", "丙某某", "学校办公室科员", "000-1234569", "13000000002", "disclosure@college.example"},
		},
	}
}

func departments(n int) workflow.Grid {
	g := workflow.Grid{
		Caption: "各部门情况（2023年1月1日至11月7日）", Wide: true,
		Head:  []string{"部门", "栏目数", "网站发布条数", "公众号发布条数", "收到来信", "按时答复", "按时答复率", "平均办理工作日", "备注"},
		Right: []bool{false, true, true, true, true, true, true, true, false},
	}
	for i := range n {
		note := ""
		if i%7 == 0 {
			note = "其中一件经分管校领导批准延期五个工作日，已向来信人说明理由"
		}
		g.Rows = append(g.Rows, []string{fmt.Sprintf("第%d系（部、处、室）", i+1), "3", strconv.Itoa(10 + i), "7", strconv.Itoa(i), strconv.Itoa(i), "100%", "2.5", note})
	}
	return g
}
