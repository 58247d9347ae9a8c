-- A bill in FOCUS columns, imported as the table bill, as one row for each account and day. Days
-- without a charge are 0, not left out. Amounts are added up in millionths, which are integers, so
-- that nothing is lost.
CREATE TABLE daily AS
WITH RECURSIVE
  rows AS (
    SELECT SubAccountId AS account, date(ChargePeriodStart) AS day,
           CAST(round(BilledCost * 1e6) AS INTEGER) AS micros
    FROM bill
  ),
  days(day) AS (
    SELECT min(day) FROM rows
    UNION ALL
    SELECT date(day, '+1 day') FROM days WHERE day < (SELECT max(day) FROM rows)
  ),
  totals AS (
    SELECT account, day, sum(micros) AS billed, sum(max(micros, 0)) AS charged
    FROM rows GROUP BY account, day
  )
SELECT account, day, ifnull(billed, 0) AS billed, ifnull(charged, 0) AS charged,
       sum(ifnull(billed, 0)) OVER (PARTITION BY account, substr(day, 1, 7) ORDER BY day) AS month_to_date
FROM (SELECT DISTINCT account FROM rows) CROSS JOIN days LEFT JOIN totals USING (account, day);
