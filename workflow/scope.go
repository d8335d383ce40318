package workflow

// Scope is which cases an actor may know of. It is the one authorisation
// answer: repositories turn it into SQL for lists, counts, search, boards and
// exports, and Sees gives the same answer for a single case. A case outside the
// scope looks as if it did not exist.
type Scope struct {
	Nothing    bool  // sees no case at all
	Everything bool  // the program itself
	Case       int64 // only this one: the writer's
	Sealed     bool  // only the sealed lane; others see only what is not sealed
	Department int64 // only what this department has or assists in; 0: all
	NotAbout   int64 // never a case that complains about this department; 0: no such department
}

// ScopeOf is the scope of an actor:
// the system everything; a writer the one case; the discipline officer the
// sealed lane and nothing else; office, leaders and the principal everything
// not sealed; department people what their department has been given;
// reviewers and administrators no case.
// Nobody but the discipline officer, the leaders and the principal sees a case
// about their own department.
func ScopeOf(a Actor) Scope {
	switch {
	case a.Is(System):
		return Scope{Everything: true}
	case a.Is(Writer):
		return Scope{Case: a.Case, Nothing: a.Case == 0}
	case a.Is(Discipline):
		return Scope{Sealed: true}
	case a.Is(Leader, Principal):
		return Scope{}
	case a.Office():
		return Scope{NotAbout: a.Department}
	case a.Is(DeptClerk, DeptHead) && a.Department != 0:
		return Scope{Department: a.Department, NotAbout: a.Department}
	}
	return Scope{Nothing: true}
}

// Sees reports whether the case is inside the scope. assists says whether the
// scope's department assists in the case.
func (s Scope) Sees(c Case, assists bool) bool {
	switch {
	case s.Everything:
		return true
	case s.Nothing:
		return false
	case s.Case != 0:
		return c.ID == s.Case
	case c.Sealed != s.Sealed:
		return false
	case s.NotAbout != 0 && c.About == s.NotAbout:
		return false
	}
	return s.Department == 0 || c.Department == s.Department || assists
}

// MayReveal reports whether the actor may open the identity behind a case: the
// office that of any letter that is not sealed, the discipline officer that of a
// sealed one.
// A department learns it only of signed letters it has in hand.
func MayReveal(a Actor, c Case) bool {
	switch {
	case c.Writer == "" || c.Mode == Anonymous:
		return false
	case c.Sealed:
		return a.Is(Discipline)
	case a.Office():
		return true
	}
	return c.Mode == Signed && a.Is(DeptClerk, DeptHead) && a.Department != 0 && a.Department == c.Department
}
