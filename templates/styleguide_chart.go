package templates

import "strconv"

func (g guide) trend() Trend {
	c := Trend{ID: "trend", Title: g.say("trend"), Desc: g.say("trend.desc")}
	now, before := []float64{28, 31, 24, 19, 35, 42, 38, 12, 9, 51, 44, 37, 42}, []float64{22, 25, 21, 17, 30, 33, 29, 10, 8, 40, 41, 30, 33}
	for i, v := range now {
		month := g.now.AddDate(0, i-len(now)+1, 1-g.now.Day())
		c.Points = append(c.Points, Point{Label: month.Format("2006-01"), Value: v, Text: strconv.Itoa(int(v))})
		c.Before = append(c.Before, Point{Value: before[i]})
	}
	return c
}

func (g guide) bars() Bars {
	return Bars{Title: g.say("bars"), Desc: g.say("bars.desc"), Points: []Point{
		{Label: g.say("logistics"), Value: 118, Text: "118", Href: "#charts"},
		{Label: g.say("academic"), Value: 74, Text: "74"},
		{Label: g.say("student"), Value: 52, Text: "52"},
		{Label: g.say("network"), Value: 31, Text: "31"},
		{Label: g.say("library"), Value: 6, Text: "6"},
	}}
}

func (g guide) stack() Stack {
	part := func(key, tone string, n float64) Part {
		return Part{Tone: tone, Point: Point{Label: g.say(key), Value: n, Text: strconv.Itoa(int(n))}}
	}
	return Stack{Title: g.say("stack"), Desc: g.say("stack.desc"), Parts: []Part{
		part("stack.ontime", "good", 214), part("stack.extended", "soon", 18), part("stack.late", "late", 9), part("stack.open", "", 31),
	}}
}

func (g guide) heat() Heat {
	c := Heat{Title: g.say("heat"), Desc: g.say("heat.desc")}
	for h := 0; h < 24; h += 2 {
		c.Columns = append(c.Columns, strconv.Itoa(h))
	}
	rows := [][]int{
		{1, 0, 0, 1, 6, 9, 7, 8, 6, 5, 9, 4},
		{0, 0, 0, 2, 7, 8, 9, 7, 5, 6, 12, 5},
		{1, 0, 0, 1, 5, 9, 6, 8, 7, 4, 8, 3},
		{0, 1, 0, 1, 6, 7, 8, 9, 6, 5, 10, 4},
		{1, 0, 0, 2, 8, 9, 7, 6, 4, 3, 5, 3},
		{2, 0, 0, 0, 1, 2, 3, 2, 2, 3, 6, 4},
		{2, 1, 0, 0, 1, 2, 2, 3, 3, 5, 11, 6},
	}
	f := g.set.format(g.locale)
	monday := g.now.AddDate(0, 0, -(int(g.now.Weekday())+6)%7)
	for i, cells := range rows {
		c.Rows = append(c.Rows, HeatRow{Label: f.weekday(monday.AddDate(0, 0, i)), Cells: cells})
	}
	return c
}

func (g guide) histogram() Histogram {
	c := Histogram{ID: "histogram", Title: g.say("histogram"), Desc: g.say("histogram.desc")}
	for i, n := range []int{14, 38, 61, 47, 33, 21, 16, 5, 3, 1} {
		label := strconv.Itoa(i + 1)
		if i == 9 {
			label = "10+"
		}
		c.Points = append(c.Points, Point{Label: label, Value: float64(n), Text: strconv.Itoa(n)})
	}
	c.Late = 7
	return c
}
