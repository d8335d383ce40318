package templates

// Tokens is the list of an account's API tokens, with the way to end each.
type Tokens struct {
	Rows   []Token
	Fields []Hidden // of the forms
}

// Token is one of them, in words.
type Token struct {
	Name, Scope, Roles string
	Expires, Used      string // Used is "" for never
	Expired            bool
	Action             string // where it is ended
}
