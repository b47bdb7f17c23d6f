-- The features of every firm that both sells and buys, from a table `invoices` of firm,
-- way (sale or buy), day, partner, net, tax, total in yuan, void. Both real and simulated
-- firms go through this one statement.
WITH inv AS (SELECT *, net > 0 AND NOT void AS good, NOT void AS valid,
               month(day) AS m, date_trunc('month', day) AS mon FROM invoices),
base AS (SELECT firm, way,
   ln(count(*)) AS log_count,
   ln(greatest(sum(net) FILTER (valid), 1)) AS log_sum,
   avg(ln(greatest(net, 0.01))) FILTER (good) AS log_mean,
   stddev_samp(ln(greatest(net, 0.01))) FILTER (good) AS log_sd,
   avg(void::INT) AS void_share, avg((net < 0)::INT) AS red_share,
   avg((left(ltrim(replace(abs(net)::VARCHAR, '.', ''), '0'), 1) = '9')::INT)
     FILTER (good) AS nine_share,
   avg((total BETWEEN 9e4 AND 11.7e4 OR total BETWEEN 9e5 AND 11.7e5)::INT)
     FILTER (good) AS cap_share,
   avg((isodow(day) >= 6)::INT) AS weekend_share,
   avg((day > last_day(day) - INTERVAL 6 DAY)::INT) AS month_end_share,
   date_diff('day', min(day), max(day)) AS span,
   count(DISTINCT mon) / (date_diff('month', min(day), max(day)) + 1) AS busy_months,
   coalesce(sum(net) FILTER (valid AND m = 2 AND year(day) < 2020), 0) * 12
     / nullif(sum(net) FILTER (valid AND year(day) IN (2018, 2019)), 0) / 2 AS feb,
   coalesce(sum(net) FILTER (valid AND m = 12 AND year(day) IN (2018, 2019)), 0) * 12
     / nullif(sum(net) FILTER (valid AND year(day) IN (2018, 2019)), 0) AS dec,
   ln(count(DISTINCT partner)) AS log_partners,
   avg((round(tax / nullif(net, 0), 2) = 0.17)::INT) FILTER (good) AS rate_17,
   avg((round(tax / nullif(net, 0), 2) = 0.06)::INT) FILTER (good) AS rate_6,
   avg((round(tax / nullif(net, 0), 2) = 0.03)::INT) FILTER (good) AS rate_3,
   avg((total = round(total))::INT) FILTER (good) AS whole_share,
   avg((total / 100 = round(total / 100))::INT) FILTER (good) AS hundreds_share,
   count(DISTINCT net) FILTER (good) / nullif(count(*) FILTER (good), 0) AS fresh
 FROM inv GROUP BY firm, way),
shares AS (SELECT firm, way, sum(s * s) AS hhi FROM (
   SELECT firm, way, sum(net) / sum(sum(net)) OVER (PARTITION BY firm, way) AS s
   FROM inv WHERE good GROUP BY firm, way, partner) GROUP BY firm, way),
months AS (SELECT firm, way, mon, sum(net) AS net FROM inv WHERE valid
   GROUP BY firm, way, mon HAVING sum(net) > 0),
logs AS (SELECT *, ln(greatest(net, 0.01))
   - avg(ln(greatest(net, 0.01))) OVER (PARTITION BY firm, way) AS e,
   date_diff('month', DATE '2010-01-01', mon) AS k FROM months),
left_over AS (SELECT firm, way, k, e - avg(e) OVER (PARTITION BY way, k) AS r
   FROM logs),
swings AS (SELECT firm, way, stddev_samp(r) AS swing FROM left_over GROUP BY firm, way),
memory AS (SELECT a.firm, a.way, corr(a.r, b.r) AS memory FROM left_over a
   JOIN left_over b ON a.firm = b.firm AND a.way = b.way AND b.k = a.k + 1
   GROUP BY a.firm, a.way),
twins AS (SELECT a.firm, corr(a.r, b.r) AS twin FROM left_over a JOIN left_over b
   ON a.firm = b.firm AND a.k = b.k AND a.way = 'sale' AND b.way = 'buy'
   GROUP BY a.firm),
wide AS (SELECT * FROM base LEFT JOIN shares USING (firm, way)
   LEFT JOIN swings USING (firm, way) LEFT JOIN memory USING (firm, way))
SELECT s.firm, COLUMNS(s.* EXCLUDE (firm, way)) AS 'sale_\0',
   COLUMNS(b.* EXCLUDE (firm, way)) AS 'buy_\0', twins.twin
FROM wide s JOIN wide b ON s.firm = b.firm AND s.way = 'sale' AND b.way = 'buy'
LEFT JOIN twins ON twins.firm = s.firm ORDER BY s.firm
