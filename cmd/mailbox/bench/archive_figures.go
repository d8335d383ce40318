package bench

// The facts are added up at every grain in one reading. A column that a grain
// does not know is not grouped by; which these are tells the grain. The rows lie
// in the order of their days, as they do when days bring them.
const sqlArchiveDays = `
	PERFORM set_config('work_mem', '512MB', true);
	INSERT INTO figures_daily (grain, measure, day, department_id, category_id, kind, channel, mode, status, bucket, n)
	SELECT (ARRAY['all', 'department', 'category', 'kind', 'channel', 'mode', 'status', 'total'])[array_position(
			ARRAY[0, 31, 47, 55, 59, 61, 62, 63], grouping(department_id, category_id, kind, channel, mode, status))],
		measure, day, coalesce(department_id, 0), coalesce(category_id, 0), coalesce(kind, ''), coalesce(channel, ''), coalesce(mode, ''),
		coalesce(status, ''), bucket, sum(n)
	FROM facts WHERE case_id BETWEEN first AND last
	GROUP BY measure, day, bucket, GROUPING SETS ((department_id, category_id, kind, channel, mode, status),
		(department_id), (category_id), (kind), (channel), (mode), (status), ())
	ORDER BY day`

const sqlArchiveMonths = `
	INSERT INTO figures_monthly (grain, measure, month, department_id, category_id, kind, channel, mode, status, bucket, n)
	SELECT grain, measure, date_trunc('month', day::timestamp)::date, department_id, category_id, kind, channel, mode, status, bucket, sum(n)
	FROM figures_daily GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 ORDER BY 3;
	PERFORM setval('cases_id_seq', last), setval('case_serial', last)`
