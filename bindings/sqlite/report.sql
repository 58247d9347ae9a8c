.load target/cloudcircuit_sqlite
.import --csv examples/data/focus_bill.csv bill
.read bindings/sqlite/daily.sql
.headers on

-- Which accounts used up a budget of 3000 a month, and when did they get there?
SELECT account, substr(day, 1, 7) AS month,
       min(day) FILTER (WHERE flags & 1) AS warned,
       min(day) FILTER (WHERE flags & 2) AS breached
FROM (SELECT *, cc_budget_flags(max(month_to_date, 0) / 1e6, 3000) AS flags FROM daily)
GROUP BY account, month HAVING max(flags) > 0;

-- The first spike of each account: a day above 1.5 times the mean of all days before it, which
-- counts as 30 at least.
SELECT account, min(day) AS day, round(charged / 1e6, 2) AS charges, round(threshold, 2) AS threshold
FROM (SELECT *, cc_is_spike(charged / 1e6, 1.5, 30) OVER series AS is_spike,
             cc_spike_threshold(charged / 1e6, 1.5, 30) OVER series AS threshold
      FROM daily WINDOW series AS (PARTITION BY account ORDER BY day))
WHERE is_spike GROUP BY account;

-- The same against the four weeks before the day alone: how many days does each account have?
SELECT account, count(*) AS spikes
FROM (SELECT account, cc_is_spike(charged / 1e6, 1.5, 30) OVER (
               PARTITION BY account ORDER BY day ROWS 28 PRECEDING) AS is_spike
      FROM daily)
WHERE is_spike GROUP BY account;

-- Research in March, in exact millionths of a dollar, as the record to keep for the auditor.
SELECT cc_check_budget_i64(month_to_date, 3000000000) AS record
FROM daily WHERE account = '410020030003' AND day = '2024-03-31';

-- May a job run that failed four times in a row?
SELECT json_extract(cc_evaluate_breaker(4, 3, 2), '$.retry_after_steps') AS retry_after_steps;
