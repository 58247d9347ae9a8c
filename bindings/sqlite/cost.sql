-- What a call costs, compared with the same rule in SQL text, on a million rows: sqlite3 < cost.sql. "user" is
-- CPU seconds for all of them, so microseconds a row.
.load target/dist/cloudcircuit_sqlite
CREATE TABLE spends AS
WITH RECURSIVE steps(step) AS (SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step < 999999)
SELECT step / 365 AS account, step % 365 AS day, 50.0 + step * 7919 % 1000 / 10.0 AS spend, 120.0 AS budget FROM steps;
.timer on

.print the bare scan
SELECT sum(spend + budget) FROM spends;
.print budget flags: cc_budget_flags
SELECT sum(cc_budget_flags(spend, budget)) FROM spends;
.print budget flags: SQL text, which checks nothing
SELECT sum(CASE WHEN spend >= budget THEN 3 WHEN spend / budget >= 0.9 THEN 1 ELSE 0 END) FROM spends;
.print budget flags: SQL text with the checks
SELECT sum(CASE WHEN typeof(spend) IN ('integer', 'real') AND typeof(budget) IN ('integer', 'real')
                 AND spend >= 0 AND spend < 9e999 AND budget > 0 AND budget < 9e999
           THEN CASE WHEN spend >= budget THEN 3 WHEN spend / budget >= 0.9 THEN 1 ELSE 0 END
           ELSE 131 END) FROM spends;
.print budget record: cc_check_budget
SELECT sum(length(cc_check_budget(spend, budget))) FROM spends;
.print budget record: SQL text with json_object
SELECT sum(length(json_object('current_spend', spend, 'budget_limit', budget, 'usage_ratio', spend / budget,
                              'remaining_budget', budget - spend, 'is_warning', spend / budget >= 0.9,
                              'is_breached', spend >= budget))) FROM spends;
.print the bare window: count(*) over partitions of 365
SELECT sum(c) FROM (SELECT count(*) OVER (PARTITION BY account ORDER BY day) AS c FROM spends);
.print spikes, all days before: cc_is_spike
SELECT sum(s) FROM (SELECT cc_is_spike(spend) OVER (PARTITION BY account ORDER BY day) AS s FROM spends);
.print spikes, all days before: SQL text with avg, whose mean is not exact
SELECT sum(s) FROM (SELECT spend > 1.5 * avg(spend) OVER (
                      PARTITION BY account ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS s
                    FROM spends);
.print spikes, 28 days before: cc_is_spike
SELECT sum(s) FROM (SELECT cc_is_spike(spend) OVER (PARTITION BY account ORDER BY day ROWS 28 PRECEDING) AS s
                    FROM spends);
.print spikes, 28 days before: SQL text with avg
SELECT sum(s) FROM (SELECT spend > 1.5 * avg(spend) OVER (
                      PARTITION BY account ORDER BY day ROWS BETWEEN 28 PRECEDING AND 1 PRECEDING) AS s
                    FROM spends);
