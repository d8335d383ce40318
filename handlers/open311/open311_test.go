package open311_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	legacy "github.com/getkin/kin-openapi/routers/legacy"

	"mailbox/handlers/open311"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
	"mailbox/workflow/publication"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

type college struct {
	*worldtest.World
	site    *webtest.Site
	answers *publication.Answers
	doc     *openapi3.T
	seen    map[string]bool
}

func open(t *testing.T) *college {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	k := &college{World: w, seen: map[string]bool{}, answers: publication.NewAnswers(w.Desk, w.Vault, w.Blobs, web.WithoutMetadata)}
	d, site := webtest.Prepare(t)
	d.Now = func() time.Time { return w.Now().In(workflowtest.Zone) }
	k.site = site.StartWith(t, d, open311.New(w.Store, k.answers).Routes()...)
	doc, err := openapi3.NewLoader().LoadFromData([]byte(k.site.Client(t).Get("/open311/v2/openapi.yaml").Wants(200).Body))
	must(t, err)
	must(t, doc.Validate(t.Context()))
	doc.Servers = openapi3.Servers{{URL: k.site.URL + "/open311/v2"}}
	k.doc = doc
	return k
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// publish answers a letter and makes it public; it returns the letter's id.
func (k *college) publish(t *testing.T, subject string) string {
	t.Helper()
	r := k.Send(t, func(l *workflow.Letter) { l.Publish, l.Subject = true, subject })
	k.Answer(t, r.CaseID, "已经修好 <谢谢>。")
	reviews := publication.NewReviews(k.Desk, map[workflow.ReviewSubject]workflow.Reviewed{workflow.ReviewAnswer: k.answers})
	p, err := k.answers.Begin(t.Context(), k.Clerk.Actor(), r.Number)
	must(t, err)
	p, err = k.answers.HandIn(t.Context(), k.Clerk.Actor(), p.ID, p.Version, "")
	must(t, err)
	asked, err := k.Store.ReviewsBy(t.Context(), workflow.ReviewQuery{Open: true, SubjectID: p.ID})
	must(t, err)
	d := publication.Decision{Version: 1, Checklist: map[string]bool{}, Result: workflow.ReviewPublic, Basis: "规定"}
	for _, q := range workflow.ReviewQuestions {
		d.Checklist[q] = false
	}
	_, err = reviews.Decide(t.Context(), k.Reviewer.Actor(), asked[0].ID, d)
	must(t, err)
	_, err = k.answers.Publish(t.Context(), k.OfficeHead.Actor(), p.ID, p.Version+1, time.Time{})
	must(t, err)
	return p.Slug
}

// get asks, and holds answers in JSON against the description.
func (k *college) get(t *testing.T, path string) *webtest.Answer {
	t.Helper()
	c := k.site.Client(t)
	c.Header = http.Header{}
	r := c.Request(http.MethodGet, "/open311/v2"+path, nil)
	a := c.Do(r)
	router, err := legacy.NewRouter(k.doc)
	must(t, err)
	route, params, err := router.FindRoute(r)
	if err != nil {
		t.Fatalf("%s is not described: %v", path, err)
	}
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route, Options: &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: a.Status, Header: a.Header, Options: in.Options}
	if a.Status != http.StatusNotModified && strings.HasPrefix(a.Header.Get("Content-Type"), "application/") {
		if err := openapi3filter.ValidateResponse(context.Background(), out.SetBodyBytes([]byte(a.Body))); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	k.seen[route.Operation.OperationID+" "+http.StatusText(a.Status)] = true
	return a
}

// ids are the requests of an answer in JSON.
func ids(t *testing.T, a *webtest.Answer) []string {
	t.Helper()
	var all []struct {
		ID string `json:"service_request_id"`
	}
	must(t, json.Unmarshal([]byte(a.Wants(200).Body), &all))
	out := []string{}
	for _, one := range all {
		out = append(out, one.ID)
	}
	return out
}

// elements are the names of all elements of an XML text, in their order.
func elements(t *testing.T, body string) []string {
	t.Helper()
	var out []string
	dec := xml.NewDecoder(strings.NewReader(body))
	for {
		token, err := dec.Token()
		if err == io.EOF { //nolint:errorlint // as the decoder says it
			return out
		}
		must(t, err)
		if start, ok := token.(xml.StartElement); ok {
			out = append(out, start.Name.Local)
		}
	}
}

// requestFields are those of the published example, in its order.
var requestFields = strings.Fields("service_request_id status status_notes service_name service_code description agency_responsible service_notice " +
	"requested_datetime updated_datetime expected_datetime address address_id zipcode lat long media_url")

// TestFormats_areThoseOfTheSpecification holds both formats against the examples
// of GeoReport v2.
func TestFormats_areThoseOfTheSpecification(t *testing.T) {
	t.Parallel()
	k := open(t)
	slug := k.publish(t, "三号宿舍楼热水")
	for path, want := range map[string][]string{
		"/discovery.xml":             {"discovery", "changeset", "contact", "key_service", "endpoints", "endpoint", "specification", "url", "changeset", "type", "formats", "format", "format"},
		"/services/repair.xml":       {"service_definition", "service_code", "attributes"},
		"/requests.xml":              append([]string{"service_requests", "request"}, requestFields...),
		"/requests/" + slug + ".xml": append([]string{"service_requests", "request"}, requestFields...),
		"/requests.xml?status=open":  {"service_requests"},
		"/services/nothing.xml":      {"errors", "error", "code", "description"},
	} {
		a := k.get(t, path)
		if got := elements(t, a.Body); !slices.Equal(got, want) || a.Header.Get("Content-Type") != "text/xml; charset=utf-8" {
			t.Errorf("%s: %v, %s", path, got, a.Header.Get("Content-Type"))
		}
	}
	services := elements(t, k.get(t, "/services.xml").Wants(200).Body)
	if want := strings.Fields("services service service_code service_name description metadata type keywords group"); !slices.Equal(services[:9], want) {
		t.Errorf("services: %v", services[:9])
	}
	var all []map[string]any
	must(t, json.Unmarshal([]byte(k.get(t, "/requests/"+slug+".json").Wants(200).Body), &all))
	one := all[0]
	if one["status"] != "closed" || one["status_notes"] != "已经修好 <谢谢>。" || one["service_code"] != "repair" || one["lat"] != nil ||
		one["requested_datetime"] != "2026-11-23T00:00:00+08:00" || !strings.HasPrefix(one["description"].(string), "三号宿舍楼热水\n\n") {
		t.Errorf("%v", one)
	}
	if strings.Contains(k.get(t, "/requests.json").Body, "林同学") {
		t.Error("somebody is named")
	}
	k.get(t, "/discovery.json").Wants(200, "http://wiki.open311.org/GeoReport_v2", k.site.Server.URL("/open311/v2"))
	k.get(t, "/services.json?jurisdiction_id=anywhere").Wants(200)
}

func TestRequests_areFiltered(t *testing.T) {
	t.Parallel()
	k := open(t)
	first := k.publish(t, "第一封")
	k.Pass(48 * time.Hour)
	second := k.publish(t, "第二封")
	both, none := []string{second, first}, []string{}
	for query, want := range map[string][]string{
		"": both, "status=closed": both, "status=open,closed": both, "status=open": none,
		"service_code=repair": both, "service_code=teaching": none, "service_code=teaching,repair": both,
		"start_date=2026-11-24T00:00:00%2B08:00": {second}, "start_date=2026-11-24T00:00:00+08:00": {second}, "end_date=2026-11-24T00:00:00%2B08:00": {first},
		"start_date=2026-11-23&end_date=2026-11-23": {first}, "start_date=2026-11-25T00:00:00Z": none, "end_date=2026-11-22T23:59:59%2B08:00": none,
		"start_date=2000-01-01T00:00:00Z": none, "start_date=2000-01-01T00:00:00Z&end_date=2026-12-31T00:00:00Z": both,
		"service_request_id=" + first: {first}, "service_request_id=" + first + "," + second + ",nothing": {first, second}, "service_request_id=" + first + "&status=open": {first},
		// the hour a letter came cannot be found by halves of a day
		"start_date=2026-11-23T00:00:01%2B08:00": {second}, "start_date=2026-11-23T09:00:00%2B08:00": {second}, "end_date=2026-11-23T00:00:00%2B08:00": {first}, "end_date=2026-11-23T08:00:00%2B08:00": {first},
	} {
		if got := ids(t, k.get(t, "/requests.json?"+query)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	k.Pass(91 * 24 * time.Hour)
	if got := ids(t, k.get(t, "/requests.json")); len(got) != 0 {
		t.Errorf("older than 90 days: %v", got)
	}
}

// TestAnswers_areAsDescribed makes every answer that is described happen.
func TestAnswers_areAsDescribed(t *testing.T) {
	t.Parallel()
	k := open(t)
	slug := k.publish(t, "一封")
	paths := []string{"/discovery.json", "/services.json", "/services/repair.json", "/requests.json", "/requests/" + slug + ".json"}
	for _, path := range append(paths, "/openapi.yaml") {
		tag := k.get(t, path).Wants(200).Header.Get("ETag")
		c := k.site.Client(t)
		c.Header = http.Header{"If-None-Match": {tag}}
		c.Get("/open311/v2" + path).Wants(304)
	}
	for path, status := range map[string]int{
		"/services/nothing.json": 404, "/requests/nothing.json": 404, "/requests.json?service_code=nothing": 404, "/requests.json?status=late": 400,
		"/requests.json?start_date=yesterday": 400, "/requests.json?end_date=2026-02-30": 400, "/requests.json?service_request_id=" + strings.Repeat("a,", 60): 400,
	} {
		a := k.get(t, path).Wants(status)
		var faults []struct {
			Code        int
			Description string
		}
		must(t, json.Unmarshal([]byte(a.Body), &faults))
		if len(faults) != 1 || faults[0].Code != status || faults[0].Description == "" {
			t.Errorf("%s: %s", path, a.Body)
		}
	}
	for _, path := range []string{"/services/repair.yaml", "/requests/" + slug, "/services.yaml"} {
		k.site.Client(t).Get("/open311/v2" + path).Wants(404)
	}
	for range 130 {
		k.get(t, "/discovery.json")
	}
	for _, path := range paths {
		k.get(t, path).Wants(429)
	}
	for _, item := range k.doc.Paths.Map() {
		for status := range item.Get.Responses.Map() {
			seen := slices.ContainsFunc([]int{200, 400, 404, 429}, func(n int) bool { return status == code(n) && k.seen[item.Get.OperationID+" "+http.StatusText(n)] })
			if status != "default" && status != "304" && !seen {
				t.Errorf("%s: nothing made the %s happen", item.Get.OperationID, status)
			}
		}
	}
}

func code(n int) string { return map[int]string{200: "200", 400: "400", 404: "404", 429: "429"}[n] }

// TestRoutes wants every route described, and everything described mounted.
func TestRoutes(t *testing.T) {
	t.Parallel()
	k := open(t)
	mounted := map[string]bool{}
	for _, rt := range open311.New(nil, nil).Routes() {
		path := strings.TrimPrefix(rt.Path, "/open311/v2")
		path = strings.NewReplacer(".json", ".{format}", ".xml", ".{format}", "services/:file", "services/{service}", "requests/:file", "requests/{request}").Replace(path)
		mounted[path] = true
		if k.doc.Paths.Find(path) == nil || rt.Method != http.MethodGet || rt.Who.String() != "anyone" {
			t.Errorf("%s %s for %s", rt.Method, path, rt.Who)
		}
	}
	if len(mounted) != k.doc.Paths.Len() {
		t.Errorf("mounted %v", mounted)
	}
}
