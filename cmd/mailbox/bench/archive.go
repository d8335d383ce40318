package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mailbox/workflow"
)

// archive is a college that has worked for a year.
type archive struct {
	*College
	db    *sql.DB
	cases int
	now   time.Time // when it was made
	used  bool      // the directory was there before
}

// openArchive opens the archive of a size, made once, or kept from another run.
func (r *run) openArchive(ctx context.Context, cases int) (*archive, error) {
	if a := r.archives[cases]; a != nil {
		return a, nil
	}
	dir := filepath.Join(r.Dir, fmt.Sprintf("archive-%d", cases))
	a, err := r.openIn(ctx, dir, cases)
	if err != nil {
		return nil, err
	}
	kept, err := a.kept(ctx)
	if err == nil && !kept && a.used {
		if err := errors.Join(a.close(), os.RemoveAll(dir)); err != nil { // half made
			return nil, err
		}
		a, err = r.openIn(ctx, dir, cases)
	}
	if err != nil {
		return nil, err
	}
	r.archives[cases] = a
	if kept {
		return a, nil
	}
	return a, a.fill(ctx, r)
}

func (r *run) openIn(ctx context.Context, dir string, cases int) (*archive, error) {
	_, err := os.Stat(dir)
	a := &archive{now: time.Now(), cases: cases, used: err == nil}
	if a.College, err = r.Open(ctx, dir); err != nil {
		return nil, err
	}
	if a.db, err = sql.Open("postgres", a.DSN); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// kept reports whether the archive is whole, and takes over its time.
func (a *archive) kept(ctx context.Context) (bool, error) {
	if err := settle(ctx, a.db, sqlArchive); err != nil {
		return false, err
	}
	err := a.db.QueryRowContext(ctx, `SELECT at FROM bench_archive`).Scan(&a.now)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func (a *archive) close() error { return errors.Join(a.db.Close(), a.Close()) }

func (r *run) closeArchives() error {
	var errs []error
	for _, a := range r.archives {
		errs = append(errs, a.close())
	}
	return errors.Join(errs...)
}

// writeSheets stores the texts that letters are taken from, with their words.
func (a *archive) writeSheets(ctx context.Context) error {
	for i, s := range sheets() {
		words := strings.Fields(workflow.SearchWords(s.subject + "\n" + s.body))
		for j, w := range words {
			words[j] = fmt.Sprintf("'%s':%d", w, j+1)
		}
		_, err := a.db.ExecContext(ctx, `INSERT INTO bench_sheets (id, subject, body, words) VALUES ($1, $2, $3, $4)`, i, s.subject, s.body, strings.Join(words, " "))
		if err != nil {
			return fmt.Errorf("write texts: %w", err)
		}
	}
	return nil
}

// fill makes the cases: rows first, then their indexes, then what the planner
// must know.
func (a *archive) fill(ctx context.Context, r *run) error {
	begun, size := time.Now(), number(float64(a.cases))
	if err := settle(ctx, a.db, sqlDepartments, sqlPeople, sqlSheets); err != nil {
		return err
	}
	if err := a.writeSheets(ctx); err != nil {
		return err
	}
	indexes, err := a.dropIndexes(ctx)
	if err != nil {
		return err
	}
	for _, step := range archiveSteps {
		if err := settle(ctx, a.db, step.sql(1, a.cases, a.now)); err != nil {
			return err
		}
		r.say("  %s cases: %s after %s", size, step.what, time.Since(begun).Round(time.Second))
	}
	if err := settle(ctx, a.db, indexes...); err != nil {
		return err
	}
	r.say("  %s cases: indexes after %s", size, time.Since(begun).Round(time.Second))
	if err := a.Store.FoldOpenWork(ctx); err != nil { // as a program that serves does
		return err
	}
	return settle(ctx, a.db, "VACUUM ANALYZE", fmt.Sprintf("INSERT INTO bench_archive VALUES ('%s')", a.now.UTC().Format(time.RFC3339Nano)))
}

// dropIndexes drops all indexes that hold nothing together, and the keys of the
// figures, and says how to make them again.
func (a *archive) dropIndexes(ctx context.Context) (again []string, err error) {
	rows, err := a.db.QueryContext(ctx, `
		SELECT 'DROP INDEX ' || i.indexname, i.indexdef FROM pg_indexes i
		WHERE i.schemaname = 'public' AND (i.tablename = ANY (string_to_array($1, ' ')) OR i.tablename LIKE 'figures\_%')
			AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)
			AND i.indexdef NOT LIKE 'CREATE UNIQUE%'
		UNION ALL
		SELECT 'ALTER TABLE ' || c.conrelid::regclass || ' DROP CONSTRAINT ' || c.conname,
			'ALTER TABLE ' || c.conrelid::regclass || ' ADD ' || pg_get_constraintdef(c.oid)
		FROM pg_constraint c WHERE c.contype = 'p' AND c.conrelid IN ('figures_daily'::regclass, 'figures_monthly'::regclass)`,
		"cases letters writers messages case_search events clocks notices facts")
	if err != nil {
		return nil, fmt.Errorf("list indexes: %w", err)
	}
	defer rows.Close()
	var drop []string
	for rows.Next() {
		var down, up string
		if err := rows.Scan(&down, &up); err != nil {
			return nil, err
		}
		drop, again = append(drop, down), append(again, up)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return again, settle(ctx, a.db, drop...)
}

// sheets are texts of letters: places, troubles and wishes put together, so that
// some words are in many letters and others in few.
func sheets() []sheet {
	var out []sheet
	for i, place := range places {
		for j, trouble := range troubles {
			for k, wish := range wishes {
				if (i*7+j*5+k*3)%4 == 0 {
					continue
				}
				out = append(out, sheet{
					subject: place + trouble.short,
					body:    "尊敬的校长您好，我是本校学生。" + place + trouble.long + wish,
				})
			}
		}
	}
	return out
}

var places = []string{
	"三号宿舍楼", "七号宿舍楼", "女生宿舍", "第一食堂", "清真食堂", "图书馆三楼", "图书馆自习室", "实训楼数控车间", "机房", "阶梯教室",
	"体育馆", "操场", "校医院", "快递站", "东门", "北门", "浴室", "开水房", "停车棚", "教务系统",
}

var troubles = []struct{ short, long string }{
	{"热水供应时间", "晚上九点以后经常没有热水，下课晚的同学回来洗不上澡，已经向楼管反映过两次。"},
	{"网络太慢", "网络到了晚上几乎打不开网页，查资料和交作业都受影响，报修之后没有人来看。"},
	{"灯坏了很久", "有两盏灯坏了一个多月，晚上走路看不清，有同学差点摔倒。"},
	{"收费不清楚", "新学期多收了一笔费用，没有看到通知，也没有给收据，想知道依据是什么。"},
	{"态度问题", "值班的工作人员说话很不耐烦，问了三个问题都让我们自己去看通知。"},
	{"漏水", "下雨就漏水，墙皮已经掉下来一块，里面放着的设备用塑料布盖着。"},
	{"开放时间", "周末关门太早，准备考试的同学没有地方去，希望能和平时一样。"},
	{"卫生情况", "卫生打扫得不及时，夏天气味很重，垃圾桶常常满了也没有人换。"},
	{"排队太久", "中午排队要半个多小时，下午第一节有课的同学经常吃不上饭。"},
	{"奖学金公示", "评定结果和公示的条件对不上，问了辅导员没有得到答复。"},
	{"选课安排", "选课的时候总是提示名额已满，可是教室里有一半的座位空着。"},
	{"门禁失灵", "门禁刷卡没有反应，外面的人跟着就能进来，住在里面不放心。"},
}

var wishes = []string{
	"希望学校了解一下情况，给我们一个明确的答复。谢谢老师。",
	"请问什么时候可以解决，如果暂时不能解决也请告诉我们原因。",
	"我不想留下名字，只是希望有人来看一看。",
	"之前在意见箱里写过一次，没有回音，所以写信给您。",
	"我们班有十几位同学都遇到了同样的问题，可以配合了解情况。",
	"建议安排专人负责，并且把处理结果公布出来。",
}
