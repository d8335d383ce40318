package demo

import (
	"context"
	"fmt"
	"time"

	"mailbox/cmd/mailbox/founding"
	"mailbox/workflow"
)

// begin makes the college, or nothing.
func begin(ctx context.Context, d Deps, c College, password string, now time.Time) error {
	hash, err := d.Passwords.Hash(password)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	err = d.Store.Atomic(ctx, func(tx workflow.Store) error {
		departments, err := saveDepartments(ctx, tx, c.Departments)
		if err != nil {
			return err
		}
		if _, err := founding.Found(ctx, tx, opened); err != nil {
			return err
		}
		if err := saveAccounts(ctx, tx, c.People, departments, hash, opened); err != nil {
			return err
		}
		if err := saveCampaigns(ctx, tx, now.Add(-history), now); err != nil {
			return err
		}
		return saveSettings(ctx, tx, c, now)
	})
	if err != nil {
		return fmt.Errorf("make the demonstration college: %w", err)
	}
	return nil
}

func saveDepartments(ctx context.Context, tx workflow.Store, all []Department) (map[string]int64, error) {
	there, err := tx.Departments(ctx)
	if err != nil {
		return nil, err
	}
	ids := map[string]int64{}
	for _, d := range there {
		ids[d.Code] = d.ID
	}
	for i, d := range all {
		v := workflow.Department{ID: ids[d.Code], Code: d.Code, NameZH: d.Zh, NameEN: d.En, Phone: d.Phone, Sort: i + 1, Active: true}
		if err := tx.SaveDepartment(ctx, &v); err != nil {
			return nil, err
		}
		ids[d.Code] = v.ID
	}
	return ids, nil
}

// saveAccounts makes everybody's account. They share one password, and so one
// hash. They have no address yet: of the past nobody is mailed.
func saveAccounts(ctx context.Context, tx workflow.Store, all []Person, departments map[string]int64, hash string, since time.Time) error {
	for _, p := range all {
		a := workflow.Account{
			Username: p.Username, Name: p.Name, Department: departments[p.Department], PasswordHash: hash, Locale: "zh-CN", Created: since,
		}
		for _, r := range p.Roles {
			a.Roles = append(a.Roles, workflow.Role(r))
		}
		if err := tx.SaveAccount(ctx, &a); err != nil {
			return err
		}
	}
	return nil
}

// Campaigns: that of the example year, and the one under way.
const (
	yearCampaign = "我为群众办实事"
	ourCampaign  = "我为师生办实事"
)

// saveCampaigns is what the college promised to get done in the example year, and
// what it promises to the end of this one.
func saveCampaigns(ctx context.Context, tx workflow.Store, since, now time.Time) error {
	for _, k := range []workflow.Campaign{
		{Name: yearCampaign, From: "2022-09-01", To: "2023-12-31", Rule: "按办结日期计：带有本活动标记、在统计期内办结的事项；并入其他来信的不重复计算。"},
		{Name: ourCampaign, From: since.Format("2006-01") + "-01", To: now.Format("2006") + "-12-31"},
	} {
		if err := tx.SaveCampaign(ctx, &k); err != nil {
			return err
		}
	}
	return nil
}

func saveSettings(ctx context.Context, tx workflow.Store, c College, now time.Time) error {
	for key, value := range map[string]string{
		founding.SettingName:      c.About.Zh,
		"college.name_en":         c.About.En,
		founding.SettingEmergency: founding.Emergency + "\n保卫处值班|Security duty line|" + c.phone("security"),
		"office.phone":            c.phone(c.About.Office),
		"office.address":          c.About.Address,
		"mail.address":            "mailbox" + addresses,
		settingState:              filling + now.Format(time.RFC3339),
	} {
		if err := tx.SaveSetting(ctx, key, value, 0, now); err != nil {
			return err
		}
	}
	return nil
}

func (c College) phone(department string) string {
	for _, d := range c.Departments {
		if d.Code == department {
			return d.Phone
		}
	}
	return ""
}

// meet learns who and what there is.
func (p *player) meet(ctx context.Context, now time.Time) error {
	accounts, err := p.desk.Store.Accounts(ctx)
	if err != nil {
		return err
	}
	departments, err := p.desk.Store.Departments(ctx)
	if err != nil {
		return err
	}
	categories, err := p.desk.Store.Categories(ctx, now, false)
	if err != nil {
		return err
	}
	p.people, p.departments, p.categories = map[string]workflow.Actor{}, map[string]int64{}, map[string]int64{}
	for _, a := range accounts {
		p.people[a.Username] = a.Actor()
	}
	p.campaigns = map[string]int64{}
	campaigns, err := p.desk.Store.Campaigns(ctx)
	if err != nil {
		return err
	}
	for _, k := range campaigns {
		p.campaigns[k.Name] = k.ID
	}
	for _, d := range departments {
		p.departments[d.Code] = d.ID
	}
	for _, c := range categories {
		p.categories[c.Code] = c.ID
	}
	return nil
}

// addresses are invented ones: nothing sent there arrives anywhere.
const addresses = "@yunting.example"

// unread is how far back staff have not read yet what they were told.
const unread = 36 * time.Hour

// end gives everybody an address, counts what happened and says that it is done.
func end(ctx context.Context, d Deps, now time.Time) error {
	for n := 1; n > 0; {
		var err error
		if n, err = d.Store.Project(ctx, 10_000); err != nil {
			return fmt.Errorf("add figures up: %w", err)
		}
	}
	return d.Store.Atomic(ctx, func(tx workflow.Store) error {
		accounts, err := tx.Accounts(ctx)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if err := haveRead(ctx, tx, a.ID, now.Add(-unread)); err != nil {
				return err
			}
			a.Email = a.Username + addresses
			if err := tx.SaveAccount(ctx, &a); err != nil {
				return err
			}
		}
		return tx.SaveSetting(ctx, settingState, done, 0, d.Now())
	})
}

// haveRead lets the account have read what it was told until then.
func haveRead(ctx context.Context, tx workflow.Store, account int64, until time.Time) error {
	const page = 100
	for before := int64(0); ; {
		notices, err := tx.PageNotices(ctx, account, before, page)
		if err != nil {
			return err
		}
		for _, n := range notices {
			if before = n.ID; !n.Queued.After(until) {
				return tx.SeePageNotices(ctx, account, n.ID, until)
			}
		}
		if len(notices) < page {
			return nil
		}
	}
}
