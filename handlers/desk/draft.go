package desk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// uploads is what one form of an answer may bring.
var uploads = web.UploadRules{Files: workflow.MaxFiles, PerFile: workflow.MaxFileSize, Total: workflow.MaxAllFiles}

// saveDraft stores the answer being written with what the form brings along,
// and then does what its button says: hand it in, take a file off, or start
// from a template. What was typed is kept whatever happens.
func (p *Pages) saveDraft(c *web.Context) error {
	k, err := p.cases.Find(c.Context(), actor(c), strings.ToUpper(c.Param("number")))
	if err != nil {
		return err
	}
	f, files, err := p.readDraft(c)
	if err != nil {
		if f == nil {
			return err
		}
		return p.refused(c, "draft", f, err)
	}
	if f.Has("use") {
		return p.useTemplate(c, f)
	}
	if saved, err := p.storeDraft(c, k, f, files); err != nil {
		return p.refusedDraft(c, f, saved, err)
	}
	done := "desk.done.draft"
	if f.Line("then") == string(workflow.HandIn) {
		done = "desk.done.hand_in"
	}
	c.Flash("good", done, k.Number)
	return p.onward(c, k.Number, f.Line("next"))
}

// readDraft reads the form and keeps its files.
func (p *Pages) readDraft(c *web.Context) (*web.Form, []workflow.NewFile, error) {
	if !strings.HasPrefix(c.Header("Content-Type"), "multipart/") {
		f, err := c.Form()
		return f, nil, err
	}
	var files []workflow.NewFile
	f, err := c.Upload(uploads, func(ctx context.Context, file web.File) error {
		sum, size, err := p.files.Put(ctx, file.Content, workflow.MaxFileSize)
		if err != nil {
			return fmt.Errorf("keep file: %w", err)
		}
		files = append(files, workflow.NewFile{SHA256: sum, Name: file.Name, MediaType: file.Type, Size: size})
		return nil
	})
	return f, files, err
}

// storeDraft saves the text first: whatever becomes of the rest, it is kept.
func (p *Pages) storeDraft(c *web.Context, k workflow.Case, f *web.Form, files []workflow.NewFile) (saved bool, err error) {
	version, err := f.Number("draft_version")
	if err != nil {
		return false, err
	}
	ctx, by := c.Context(), actor(c)
	if _, err := p.cases.SaveDraft(ctx, by, k.ID, f.Prose("body"), version); err != nil {
		return false, err
	}
	for _, file := range files {
		if err := p.cases.AttachDraft(ctx, by, k.ID, file); err != nil {
			return true, err
		}
	}
	return true, p.finishDraft(c, k, f)
}

// finishDraft does what the form's button says beyond saving.
func (p *Pages) finishDraft(c *web.Context, k workflow.Case, f *web.Form) error {
	if f.Has("remove") {
		file, err := f.Number("remove")
		if err != nil {
			return err
		}
		return p.cases.DetachDraft(c.Context(), actor(c), k.ID, file)
	}
	if f.Line("then") != string(workflow.HandIn) {
		return nil
	}
	_, err := p.cases.Do(c.Context(), actor(c), k.ID, casework.Act{Action: workflow.HandIn})
	return err
}

// refusedDraft shows the form again. When somebody else saved first, both texts
// are shown, and the next save goes on from theirs.
func (p *Pages) refusedDraft(c *web.Context, f *web.Form, saved bool, err error) error {
	problem, ok := c.Problem(err)
	if !ok {
		return err
	}
	if problem.Field != "" {
		problem.Field = "draft-" + problem.Field
	}
	theirs, conflict := errors.AsType[*casework.DraftConflict](err)
	if conflict {
		problem.Field = "draft-body"
	}
	v := &view{open: "draft", form: f, problem: &problem, begun: conflict || saved}
	return p.show(c, v, web.StatusOf(err), func(page *CasePage) {
		if conflict {
			page.Conflict = v.conflict(theirs.Theirs, f.Prose("body"))
		}
	})
}

// useTemplate puts a template below what was typed, for readers without script.
func (p *Pages) useTemplate(c *web.Context, f *web.Form) error {
	chosen, err := f.Number("template")
	if err != nil {
		return err
	}
	v := &view{open: "draft", form: f}
	return p.show(c, v, http.StatusOK, func(page *CasePage) {
		if page.Editor == nil {
			return
		}
		for _, s := range page.Editor.Starts {
			if s.ID == chosen {
				page.Editor.Body.Value = strings.TrimLeft(page.Editor.Body.Value+"\n\n"+s.Text, "\n")
			}
		}
	})
}
