package workflowtest

import (
	"context"

	"mailbox/workflow"
)

// FilesInUse implements workflow.Attachments.
func (m *Memory) FilesInUse(ctx context.Context, sha256 []string) ([]string, error) {
	return read(ctx, m, func(d *data) ([]string, error) {
		var out []string
		for _, s := range sha256 {
			files := d.files.where(func(f workflow.File) bool { return f.SHA256 == s })
			mails := d.mails.where(func(r workflow.RawMail) bool { return r.SHA256 == s })
			appraisals := d.appraisals.where(func(a workflow.Appraisal) bool { return a.File.SHA256 == s })
			if len(files)+len(mails)+len(appraisals) > 0 {
				out = append(out, s)
			}
		}
		return out, nil
	})
}
