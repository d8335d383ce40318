package ledger

import "mailbox/workflow"

// MaySee reports whether the actor may look at the ledger: everybody of the
// office, of the departments and above them, and reviewers.
func MaySee(a workflow.Actor) bool {
	return a.Office() || inDepartment(a) || a.Is(workflow.Leader, workflow.Principal, workflow.Reviewer)
}

func inDepartment(a workflow.Actor) bool {
	return a.Is(workflow.DeptClerk, workflow.DeptHead) && a.Department != 0
}

// Sees reports whether the actor may see this item: what is or was public,
// everybody who may look at all; what is not, the office, those above, and the
// department whose it is.
func Sees(a workflow.Actor, i workflow.Item) bool {
	switch {
	case !MaySee(a):
		return false
	case a.Office(), a.Is(workflow.Leader, workflow.Principal), !i.Published.IsZero():
		return true
	}
	return inDepartment(a) && i.Department == a.Department
}

// MayEdit reports whether the actor may draft and change entries of a
// department: the office any, departments their own.
func MayEdit(a workflow.Actor, department int64) bool {
	return a.Office() || inDepartment(a) && department == a.Department
}

// MayPublish reports whether the actor may publish and withdraw entries of a
// department: the office any, the head of the department its own.
func MayPublish(a workflow.Actor, department int64) bool {
	return a.Office() || a.Is(workflow.DeptHead) && a.Department != 0 && department == a.Department
}

// MayArrange reports whether the actor may change columns, import, and say
// what of the list of duties applies: the office.
func MayArrange(a workflow.Actor) bool { return a.Office() }

// MayConfirm reports whether the actor may confirm the reviews of an import: a
// reviewer or the head of the office, never who imported.
func MayConfirm(a workflow.Actor, m workflow.Import) bool {
	return m.State == workflow.ImportAdded && a.ID != 0 && a.ID != m.By && a.Is(workflow.Reviewer, workflow.OfficeHead)
}

// open lets in whoever may look at the ledger; for others there is nothing.
func open(a workflow.Actor) error {
	if !MaySee(a) {
		return workflow.Absent()
	}
	return nil
}
