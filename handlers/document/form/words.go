package form

import "time"

// customs are what the standard, or custom, puts around the parts in a language.
type customs struct {
	colon, date, annexes, annex string
	// indent is how far the first line of a paragraph is set in, in half characters.
	indent int
}

var chinese = customs{colon: "：", date: "2006年1月2日", annexes: "附件：", annex: "附件：", indent: 4}

var english = customs{colon: ":", date: "2 January 2006", annexes: "Annexes: ", annex: "Annex: ", indent: 4}

func customsOf(locale string) customs {
	if locale == "en" {
		return english
	}
	return chinese
}

// day is a date as a document bears it. What is no date stays as it is.
func (c customs) day(date string) string {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return line(date)
	}
	return at.Format(c.date)
}
