package simulator

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"mailbox/workflow"
)

// SimulatedTodo is a to-do as somebody sees it in the office system.
type SimulatedTodo struct {
	ID, Person, Title, Step, Link string
	State                         string // open, done, over
	At                            int64  // of the last change, in milliseconds
	Opened, Ended                 int    // how often it appeared, and cleared
}

// SystemCode is what the office system calls the mailbox.
const SystemCode = "xzxx"

// The account by which the mailbox signs in where it has to.
const (
	TodoUser     = "mailbox"
	TodoPassword = "let-the-mailbox-in"
	TodoCreator  = "xiaozhangxinxiang"
)

// Todos are somebody's to-dos, by their names; with "" everybody's.
func (o *OA) Todos(person string) []SimulatedTodo {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []SimulatedTodo
	for _, t := range o.todos {
		if person == "" || t.Person == person {
			out = append(out, *t)
		}
	}
	slices.SortFunc(out, func(a, b SimulatedTodo) int { return cmp.Compare(a.Person+a.ID, b.Person+b.ID) })
	return out
}

// todo takes to-dos in the words of four systems.
func (o *OA) todo(rw http.ResponseWriter, r *http.Request, body []byte) {
	if r.Method != http.MethodPost || r.URL.RawQuery != "" || r.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		http.NotFound(rw, r)
		return
	}
	switch r.URL.Path {
	case "/rest/ofs/ReceiveRequestInfoByJson":
		o.weaver(rw, body)
	case "/seeyon/rest/token", "/seeyon/rest/thirdpartyPending/receive", "/seeyon/rest/thirdpartyPending/updatePendingState":
		o.seeyon(rw, r, body)
	case landrayPath + "sendTodo", landrayPath + "setTodoDone", landrayPath + "deleteTodo":
		o.landray(rw, r, body)
	case "/mailbox/todos":
		o.generic(rw, r, body)
	default:
		http.NotFound(rw, r)
	}
}

// put keeps a to-do as it has become; one that is known again has not changed.
func (o *OA) put(t SimulatedTodo) {
	key := t.Person + "/" + t.ID
	was, known := o.todos[key]
	if !known {
		was = &SimulatedTodo{ID: t.ID, Person: t.Person}
		o.todos[key] = was
	}
	if known && t.At < was.At || was.State == t.State {
		return
	}
	if t.State == "open" {
		was.Opened++
	} else if was.State == "open" {
		was.Ended++
	}
	was.State, was.At = t.State, t.At
	was.Title, was.Step, was.Link = cmp.Or(t.Title, was.Title), cmp.Or(t.Step, was.Step), cmp.Or(t.Link, was.Link)
}

// find is the to-do of a name, where the system asks for no person.
func (o *OA) find(id string) (SimulatedTodo, bool) {
	for _, t := range o.todos {
		if t.ID == id {
			return *t, true
		}
	}
	return SimulatedTodo{}, false
}

// end ends a to-do by its name.
func (o *OA) end(id, state string) bool {
	t, known := o.find(id)
	if known {
		t.State, t.At = state, o.Now().UnixMilli()
		o.put(t)
	}
	return known
}

// weaver is the unified to-do of e-cology. Without an address for a browser it
// says that all is well and shows nothing.
func (o *OA) weaver(rw http.ResponseWriter, body []byte) {
	var in struct {
		Syscode, Flowid, Requestname, Workflowname, Nodename, Pcurl, Appurl, Isremark, Viewtype, Creator, Createdatetime, Receiver,
		Receivedatetime, Receivets string
	}
	said := func(result, message string) {
		answer(rw, map[string]string{"syscode": in.Syscode, "dataType": "IsUse", "operType": "Check", "operResult": result, "message": message})
	}
	if strictly(body, &in) != nil {
		said("0", "参数格式错误")
		return
	}
	at, err := strconv.ParseInt(in.Receivets, 10, 64)
	_, created := time.Parse(time.DateTime, in.Createdatetime)
	_, received := time.Parse(time.DateTime, in.Receivedatetime)
	states := map[string]string{"0": "open", "2": "done", "4": "over"}
	filled := in.Flowid != "" && in.Requestname != "" && in.Workflowname != "" && in.Nodename != "" && in.Receiver != ""
	switch {
	case in.Syscode != SystemCode:
		said("0", "异构系统未注册")
	case in.Creator != TodoCreator:
		said("0", "创建人不存在")
	case !filled || err != nil || created != nil || received != nil || states[in.Isremark] == "" || in.Viewtype != "0" && in.Viewtype != "1":
		said("0", "参数不完整")
	default:
		if in.Pcurl != "" {
			o.put(SimulatedTodo{ID: in.Flowid, Person: in.Receiver, Title: in.Requestname, Step: in.Nodename, Link: in.Pcurl, State: states[in.Isremark], At: at})
		}
		said("1", "处理成功")
	}
}

// seeyon is the pending matters of others; it wants a token.
func (o *OA) seeyon(rw http.ResponseWriter, r *http.Request, body []byte) {
	const token = "seeyon-token"
	said := func(ok bool) { answer(rw, map[string]any{"success": ok, "errorMsgs": []string{}}) }
	switch {
	case r.URL.Path == "/seeyon/rest/token":
		var in struct{ UserName, Password string }
		if strictly(body, &in) != nil || in.UserName != TodoUser || in.Password != TodoPassword {
			http.Error(rw, "user", http.StatusForbidden)
			return
		}
		answer(rw, map[string]string{"id": token})
	case r.Header.Get("Token") != token:
		http.Error(rw, "token", http.StatusUnauthorized)
	case r.URL.Path == "/seeyon/rest/thirdpartyPending/receive":
		said(o.seeyonPending(body))
	default:
		var in struct{ RegisterCode, TaskID, State, SubState string }
		ok := strictly(body, &in) == nil && in.RegisterCode == SystemCode && in.State == "1"
		said(ok && o.end(in.TaskID, map[string]string{"0": "done", "2": "over"}[in.SubState]))
	}
}

func (o *OA) seeyonPending(body []byte) bool {
	var in struct {
		RegisterCode, TaskID, Title, SenderName, CreationDate, State, ThirdSenderID, ThirdReceiverID, NoneBindingSender,
		NoneBindingReceiver, URL, H5URL string
	}
	if strictly(body, &in) != nil || in.RegisterCode != SystemCode || in.TaskID == "" || in.Title == "" || in.State != "0" || in.ThirdReceiverID == "" || in.URL == "" {
		return false
	}
	o.put(SimulatedTodo{ID: in.TaskID, Person: in.ThirdReceiverID, Title: in.Title, Link: in.URL, State: "open", At: o.Now().UnixMilli()})
	return true
}

const landrayPath = "/api/sys-notify/sysNotifyTodoRestService/"

// landray is the to-dos of EKP; it wants user and password.
func (o *OA) landray(rw http.ResponseWriter, r *http.Request, body []byte) {
	if user, password, ok := r.BasicAuth(); !ok || user != TodoUser || password != TodoPassword {
		http.Error(rw, "user", http.StatusUnauthorized)
		return
	}
	state := 1
	if o.landrayTakes(r.URL.Path[len(landrayPath):], body) {
		state = 2
	}
	answer(rw, map[string]any{"returnState": state, "message": ""})
}

func (o *OA) landrayTakes(what string, body []byte) bool {
	var in struct {
		ModelName, ModelID, Subject, Link, Targets, CreateTime string
		Type, OptType                                          int
	}
	var who struct{ LoginName string }
	if strictly(body, &in) != nil || in.ModelName != SystemCode || in.ModelID == "" {
		return false
	}
	switch what {
	case "setTodoDone":
		return in.OptType == 1 && o.end(in.ModelID, "done")
	case "deleteTodo":
		return in.OptType == 1 && o.end(in.ModelID, "over")
	}
	if strictly([]byte(in.Targets), &who) != nil || who.LoginName == "" || in.Subject == "" || in.Link == "" || in.Type != 1 {
		return false
	}
	o.put(SimulatedTodo{ID: in.ModelID, Person: who.LoginName, Title: in.Subject, Link: in.Link, State: "open", At: o.Now().UnixMilli()})
	return true
}

// generic is the college's own scheme: signed, and known by a name.
func (o *OA) generic(rw http.ResponseWriter, r *http.Request, body []byte) {
	var in struct{ ID, State, Number, Title, Kind, Step, Person, Link, Opened, Ended, Due string }
	switch {
	case !o.signed(r, body):
		http.Error(rw, "signature", http.StatusUnauthorized)
	case strictly(body, &in) != nil || in.ID == "" || in.Person == "" || r.Header.Get("Idempotency-Key") != in.ID+"-"+in.State,
		in.State == "open" && (in.Title == "" || in.Link == ""):
		http.Error(rw, "to-do", http.StatusUnprocessableEntity)
	case o.again(r, body):
		rw.WriteHeader(http.StatusOK)
	default:
		states := map[string]string{string(workflow.TodoOpen): "open", string(workflow.TodoDone): "done", string(workflow.TodoWithdrawn): "over"}
		o.put(SimulatedTodo{ID: in.ID, Person: in.Person, Title: in.Title, Step: in.Step, Link: in.Link, State: states[in.State], At: o.Now().UnixMilli()})
		rw.WriteHeader(http.StatusCreated)
	}
}
