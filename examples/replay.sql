.load target/dist/cloudcircuit_sqlite
CREATE TABLE daily (day TEXT, "group" TEXT, amount REAL);
.import --csv --skip 1 examples/data/daily_spend.csv daily
.headers on

-- Exact amounts, in millionths, and the day on which each account's series begins.
CREATE VIEW spend AS
SELECT day, substr(day, 1, 7) AS month, iif("group" = '', '(none)', "group") AS account,
       CAST(round(amount * 1e6) AS INTEGER) AS micros, max(amount, 0) AS charges,
       strftime('%s', min(day) OVER (PARTITION BY "group")) AS start
FROM daily;

-- What would have been said of a budget of 3000 a month, and when? A day above what its account
-- usually spends on such a day is a spike.
WITH seen AS (
  SELECT *, cc_budget_flags_i64(max(sum(micros) OVER months, 0), 3000000000) AS flags,
         sum(micros) OVER months / 1e6 AS spent,
         cc_detect_spike(charges, 4.5, 0, 5, start) OVER (PARTITION BY account ORDER BY day) AS record
  FROM spend WINDOW months AS (PARTITION BY account, month ORDER BY day)
), judged AS (
  SELECT *, json_extract(record, '$.verdict') AS verdict, json_extract(record, '$.is_leak') AS leak,
         ifnull(max(flags) OVER (PARTITION BY account, month ORDER BY day
                                 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS told
  FROM seen
)
SELECT day, account, printf('spent %.2f, ', spent) || iif(flags & 2, 'the budget', '90 % of the budget') AS finding
FROM judged WHERE flags > told
UNION ALL
SELECT day, account, printf('spike of %.2f, expected %.2f', charges, json_extract(record, '$.expected_spend'))
FROM judged WHERE verdict = 'spike'
UNION ALL
SELECT day, account, 'leak, spend creeps up'
FROM (SELECT *, lag(leak) OVER (PARTITION BY account ORDER BY day) AS was_leak FROM judged)
WHERE leak AND NOT ifnull(was_leak, 0)
ORDER BY account, day, finding;

-- The plain rule, 1.5 times the mean of the four weeks before, which counts as 30 at least: on how many days?
SELECT account, count(*) AS spikes
FROM (SELECT account, cc_is_spike(charges, 1.5, 30) OVER (
               PARTITION BY account ORDER BY day ROWS 28 PRECEDING) AS is_spike FROM spend)
WHERE is_spike GROUP BY account;

-- Research in March, as the record to keep for the auditor.
SELECT cc_check_budget_i64(sum(micros), 3000000000) AS record
FROM spend WHERE account = '410020030003' AND month = '2024-03';

-- May a job run that failed four times in a row?
SELECT json_extract(cc_evaluate_breaker(4, 3, 2), '$.retry_after_steps') AS retry_after_steps;
