package query

import (
	"strconv"
	"strings"
	"testing"
)

// readings are the rows of what people type, with the reading's part of what must happen:
// "= line" is answered as that line, "~ line" is that line as a guess, with words left
// out, "? lines" offers them, and "help", "cannot", "everything", "no filter", "mistake".
const readings = `
is demodomain2.net suspended? → = domain:demodomain2.net
demodomain2.net status → = domain:demodomain2.net
demodomain2.net suspended → = domain:demodomain2.net status:suspended
demodomain2.net is down → ~ domain:demodomain2.net
[Ticket#2024123] demodomain2.net not reachable → ~ domain:demodomain2.net
who is on saturn? → = saturn
show me the services on saturn → = saturn
saturn is down, whom does it concern? → ~ saturn
server saturn → = server:saturn
server = saturn → = server:saturn
product mail seats → = product:"mail seats"
product vps m or vps l → = product:"vps m","vps l"
product plus or starter on saturn → = product:plus,starter saturn
SERVER: Saturn → = server:Saturn
saturn active → = saturn status:active
active on saturn → = saturn status:active
show me all active services on saturn → = saturn status:active
server:saturnn → = server:saturnn
client 5 → = client:5
client=5 → = client:5
Client 5. → = client:5
clients 5 → = client:5
client number 5 → = client:5
account 5 → = client:5
customer 5 → = client:5
Client ID: 5 → = client:5
client id 5 → = client:5
cid:5 → = client:5
userid 5 → = client:5
clientid 5 active → = client:5 status:active
show me all active services for client 5 → = client:5 status:active
client:5 active → = client:5 status:active
service 17 → = service:17
id 17 → = service:17
sid:17 → = service:17
what does client:5 have? → = client:5
hey client:5 please → = client:5
client:5 cc @bob → = client:5
client:5, thanks! → = client:5
*client:1* → = client:1
§client:1§ → = client:1
(client:1) → = client:1
'client:1' → = client:1
> client:1 → = client:1
1. client:1 → = client:1
client：１ → = client:1
client:1 and status:active → = client:1 status:active
client:1, status:active → = client:1 status:active
client:1;status:active → = client:1 status:active
client:5 NOT status:active → = client:5 -status:active
client:5 !status:active → = client:5 -status:active
client:5 status!=active → = client:5 -status:active
not active client:5 → = client:5 -status:active
client:1 client:2 → = client:1,2
status:active status:suspended client:5 → = status:active,suspended client:5
demodomain.com demodomain2.net → = domain:demodomain.com,demodomain2.net
demodomain.com or demodomain2.net → = domain:demodomain.com,demodomain2.net
demodomain.com, demodomain2.net → = domain:demodomain.com,demodomain2.net
demodomain.com⏎demodomain2.net → = domain:demodomain.com,demodomain2.net
<demodomain2.net> → = domain:demodomain2.net
(demodomain2.net) → = domain:demodomain2.net
demodomain2.net! → = domain:demodomain2.net
hxxp://demodomain2[.]net/x → = domain:demodomain2.net
mail.demodomain2.net → = domain:mail.demodomain2.net
domain:demo* → = domain:demo*
domain:demodomain → = domain:demodomain
info@demodomain2.net → = email:info@demodomain2.net
From: Dana Demo <dana@demodomain.com> → = email:dana@demodomain.com
client:dana@demodomain.com → = email:dana@demodomain.com
Dana Demo → = Dana Demo
dana → = dana
client:Dana → = client:Dana
Harbour Web Agency → = Harbour Web Agency
company:"Harbour Web Agency" → = client:"Harbour Web Agency"
198.51.100.18 → = 198.51.100.18
2001:0db8:0011::1 → = 2001:db8:11::1
1.2.3.4 → = 1.2.3.4
ip:1.2.3.4 → = ip:1.2.3.4
ip:198.51.100.0/24 → = ip:198.51.100.0/24
https://billing.example.com/admin/clientssummary.php?userid=5 → = client:5
https://billing.example.com/admin/clientsservices.php?userid=5&id=17 → = service:17
order:456789 → = order:456789
order 456789 → = order:456789
456789 → ? client:456789 | service:456789 | order:456789
5 → ? client:5 | service:5 | order:5
#5 → ? client:5 | service:5 | order:5
invoice 1001 → cannot invoice
ticket 77 → cannot ticket
+43 123456 → cannot phone
suspend service:17 → cannot change service:17
password service:17 → cannot password service:17
overdue → = due:overdue
client:5 overdue → = client:5 due:overdue
who is overdue more than 30 days → = due:overdue due:<-30d
overdue:>30d → = due:overdue due:<-30d
due:overdue>30d → = due:overdue due:<-30d
due next week → = due:next-week
due:next-week → = due:next-week
due:this-month → = due:this-month
due:dec → = due:dec
amount:24,95 → = amount:24.95
amount:>1.000,00 → = amount:>1000
amount:>1,000 → = amount:>1000
amount:>1.000 → ? amount:>1 | amount:>1000
amount:9.50,2500 → = amount:9.50,2500
revenue by product → = as:summary
count server:saturn → = server:saturn as:summary
csv client:5 → = client:5 as:csv
table client:5 → = client:5 as:table
client:1 fresh → = client:1 fresh:yes
status:closed → mistake
status:inactive → mistake
status:unsuspended → mistake
hi → help
hello → help
thanks! → help
help me → help
--help → help
-h → help
? → help
about → help
-product:starter → everything all:yes -product:starter
name:Conor → ? client:Conor | product:Conor
`

// moreReadings are other lines of these kinds.
const moreReadings = `
hey team, anyone know what client 12 has? → = client:12
customer no. 12 → = client:12
customer nr 12 → = client:12
Customer: 12 → = client:12
uid 12 → = client:12
client #12 → = client:12
clients 1, 2 and client 3 → = client:1,2,3
client:1, 2 → = client:1,2
services 17, 18 → = service:17,18
service #17 → = service:17
please show service id 17 → = service:17
hosting 17 → = service:17
order #456789 → = order:456789
order no 456789 → = order:456789
product vps s → = product:"vps s"
product "vps s" → = product:"vps s"
product: vps s suspended → = product:"vps s" status:suspended
plan starter → = product:starter
pid 3 → = product:3
server saturn suspended → = server:saturn status:suspended
services on server saturn → = server:saturn
which customers are on node saturn? → = server:saturn
server web1, web2 → = server:web1,web2
server is saturn → = server:saturn
domain demodomain.com → = domain:demodomain.com
domain: demodomain.com → = domain:demodomain.com
website demodomain.com → = domain:demodomain.com
www.demodomain.com → = domain:www.demodomain.com
@demodomain.com → = domain:demodomain.com
//demodomain.com → = domain:demodomain.com
https://user:pw@demodomain.com/wp-admin/ → = domain:demodomain.com
demodomain[.]com → = domain:demodomain.com
*.demodomain.com → = domain:*.demodomain.com
_dmarc.demodomain.com → = domain:_dmarc.demodomain.com
not demodomain.com status:active → = -domain:demodomain.com status:active
is demodomain.com active → = domain:demodomain.com
was demodomain.com terminated? → = domain:demodomain.com
has demodomain.com been suspended → = domain:demodomain.com
demodomain.com suspended? → = domain:demodomain.com
is service 17 active? → = service:17
are the services of client 5 active? → = client:5 status:active
198.51.100.18 203.0.113.7 → = 198.51.100.18,203.0.113.7
198.51.100.18:443 → = 198.51.100.18
[2001:db8::1]:443 → = 2001:db8::1
ip 203.0.113.7 → = ip:203.0.113.7
ip = 203.0.113.0/24 → = ip:203.0.113.0/24
address 203.0.113.7 → = 203.0.113.7
203.0.113.7 is down → ~ 203.0.113.7
urgent: demodomain.com → ~ domain:demodomain.com
email dana@demodomain.com → = email:dana@demodomain.com
mailto:dana@demodomain.com → = email:dana@demodomain.com
<dana@demodomain.com> → = email:dana@demodomain.com
dana@demodomain.com or bob@example.com → = email:dana@demodomain.com,bob@example.com
dana@demodomain.com overdue → = email:dana@demodomain.com due:overdue
username demodoma → = username:demodoma
login demodoma → = username:demodoma
status active → = status:active
status: active, suspended → = status:active,suspended
status = active client 5 → = status:active client:5
client:5 active or suspended → = client:5 status:active,suspended
client:5 active suspended → = client:5 status:active,suspended
client:5 not suspended → = client:5 -status:suspended
client:5 without terminated → = client:5 -status:terminated
client:5 but not monthly → = client:5 -cycle:monthly
client:5 yearly → = client:5 cycle:annually
client:5 monthly active → = client:5 cycle:monthly status:active
cycle monthly → = cycle:monthly
suspended → = status:suspended
not suspended → everything all:yes -status:suspended
csv → no filter
sort:due → no filter
as:summary → = as:summary
summary → = as:summary
summary of client 5 → = client:5 as:summary
revenue of server saturn → = server:saturn as:summary
due today → = due:today
due tomorrow → = due:tomorrow
due in december → = due:dec
due this month → = due:this-month
due in 30 days → = due:<=30d
due within 30 days → = due:<=30d
renewals next month → = due:next-month
expiring next week → = due:next-week
due before 30.11.2026 → = due:<2026-11-30
due after 2026-12-01 → = due:>2026-12-01
due:03/04/2026 → ? due:2026-03-04 | due:2026-04-03
registered this week → = registered:this-week
created last month → = registered:last-month
new this week → = registered:this-week
next month → = due:next-month
overdue for 2 weeks → = due:overdue due:<=-2w
more than 3 months overdue → = due:overdue due:<-3m
overdue by 30d client:5 → = client:5 due:overdue due:<=-30d
is anyone overdue on saturn → = saturn due:overdue
amount: 24,95 → = amount:24.95
amount 24.95 → = amount:24.95
price:24,95 → = amount:24.95
amount:€1.198,50 → = amount:1198.50
"please" → = "please"
"Active Backup" → = "Active Backup"
'Active Backup' → = "Active Backup"
"Active Backup" suspended → = "Active Backup" status:suspended
show "client:5" → = client:5
saturn or jupiter → = saturn,jupiter
saturn jupiter → = saturn jupiter
domain backup → = backup
>>> client:5 → = client:5
• client:5 → = client:5
_client:5_ → = client:5
~client:5~ → = client:5
§§§client:5§§§ → = client:5
/services client:5 → = client:5
@servicesbot client:5 → = client:5
client:5 #support → = client:5
client:５ → = client:5
“client:5” → = client:5
cancel service 17 → cannot change service:17
please terminate client:5 → cannot change client:5
can you unsuspend demodomain.com? → cannot change domain:demodomain.com
what is the password of demodomain.com → cannot password domain:demodomain.com
invoices of client 5 → cannot invoice client:5
phone of client 5 → cannot phone client:5
tickets for demodomain.com → cannot ticket domain:demodomain.com
good morning → help
thank you very much! → help
what can you do? → help
how does this work → help
help status → help
? sort → help
clint:5 → mistake
client: → help
due:bananas → mistake
domain → help
client 7 but not the cancelled ones → = client:7 -status:cancelled
not on saturn → everything all:yes -saturn
everything but starter → everything all:yes -starter
not pluto client:5 → ~ -pluto client:5
amount > 1000 → = amount:>1000
amount >= 1000 → = amount:>=1000
overdue > 60 days → = due:overdue due:<-60d
plus on pluto → = plus pluto
starter or plus → = starter,plus
client:1 plus client:2 → = client:1 plus client:2
demo domain ltd → = demo ltd
product web & mail pro → = product:"web & mail pro"
active metal 16 on venus → = metal "16" venus status:active
#17 - unpaid.example → = "17" domain:unpaid.example
clients 1, 5 and 7 → = client:1,5,7
clients 1 5 7 → = client:1,5,7
client 1 and 2 → = client:1,2
service:16 and 17 → = service:16,17
client 5; 7 days → = client:5 "7" days
servcies of clinet 5 → ~ servcies client:5
cust 5 → = client:5
2001:db8:11::1 unreachable since 14:05 → ~ 2001:db8:11::1 since "14:05"
1,198.50 → ~ amount:1198.50
EUR 24.95 → ~ amount:24.95
everything above 1000 eur → ~ amount:>1000
due 03/04/2027 → ? due:2027-03-04 | due:2027-04-03
:+1: → help
👍 → help
:wave: hi → help
PROBLEM Host: pluto.example.com State: DOWN Address: 2.3.4.5 → ~ domain:pluto.example.com 2.3.4.5
[FIRING:1] HostDown instance=venus.example.com:9100 severity=critical → ~ domain:venus.example.com
registered 2017 → = registered:2017
customers on mercury and venus → = mercury venus
how many customers on saturn → = saturn as:summary
how many active vps → = vps status:active as:summary
how many services does client 5 have → = client:5 as:summary
number of vps on pluto → = vps pluto as:summary
1 and 5 → ? client:1,5 | service:1,5 | order:1,5
1, 5 → ? client:1,5 | service:1,5 | order:1,5
1 5 → ? client:1,5 | service:1,5 | order:1,5
#1 or #5 → ? client:1,5 | service:1,5 | order:1,5
order 1,5 → = order:1,5
top 5 by price on saturn → = saturn sort:-amount rows:5
top 20 by price on saturn → ~ saturn sort:-amount rows:10
top 10 by due date on saturn → = saturn sort:due rows:10
saturn by price → = saturn sort:amount
top 10 customers by revenue → cannot ranking all:yes sort:-amount rows:10
free space on saturn → cannot measurement saturn
free disk space on saturn → cannot measurement saturn
free plan → = cycle:free
list all servers → cannot list as:summary
customers → cannot list as:summary
site is down → cannot trouble
is anything down → cannot trouble
spam → = "spam"
export all → help
email of client 5 → = client:5 as:emails
client 5's email address → = client:5 as:emails
client:5's email → = client:5 as:emails
emails of everybody active on neptune → = neptune status:active as:emails
can u look up O'Brien → = O'Brien
mail seats for client 6 → = seats client:6
when was client 5 suspended → cannot when client:5 status:suspended
since when is unpaid.example suspended → cannot when domain:unpaid.example status:suspended
how long has client 5 been suspended → cannot when client:5 status:suspended
when does it renew saturn → = saturn
[FIRING:1] HostDown node=mercury.example.com:9100 severity=critical → ~ server:mercury.example.com
reject: RCPT from unknown[198.51.100.94] → ~ reject RCPT 198.51.100.94
postfix: to=<info@demodomain2.net>, relay=none → ~ postfix email:info@demodomain2.net
anything renewing over the weekend? → = due:this-weekend
due next weekend → = due:next-weekend
fällig am 30.11.2026 → = due:2026-11-30
échéance le 30.11.2026 → = due:2026-11-30
vence el 30/11/2026 → = due:2026-11-30
30.11.2026 saturn → ~ saturn due:2026-11-30
2026-11-27 09:14:02 saturn → ~ saturn
amount:>= € 1,198.50 → = amount:>=1198.50
amount:>EUR 100 → = amount:>100
amount > EUR 100 → = amount:>100
amount:1 198,50 → = amount:1198.50
price over € 1 198,50 → = amount:>1198.50
"active" client:5 → = "active" client:5
clinet:5 actve → mistake
nodes pluto, saturn, venus → = server:pluto,saturn,venus
payment method: Bank Transfer → = payment:"Bank Transfer"
free services → = cycle:free
Next Due Date: 2026-10-18 → = due:2026-10-18
next due date 27/12/2026 → = due:2026-12-27
Registration Date: 2017-10-19 → = registered:2017-10-19
"today.example","Starter","12.95" → = domain:today.example "Starter" "12.95"
dana's services → = dana
https://billing.example.com/admin/invoices.php?action=edit&id=1001 → cannot invoice
https://billing.example.com/admin/supporttickets.php?action=view&id=77 → cannot ticket
https://billing.example.com/admin/orders.php?action=view&id=1017 → = order:1017
new customers this week → = registered:this-week
suspended last week → ~ status:suspended
cancelled in october → ~ status:cancelled
change due date of service 17 to 2026-12-31 → cannot change service:17
the customer on the phone says unpaid.example doesnt work → ~ domain:unpaid.example
who hasnt paid → cannot invoice
name: Rosa → ? client:Rosa | product:Rosa
** RECOVERY Service Alert: saturn/HTTP is OK ** → ~ saturn HTTP
client 5 except the suspended ones → = client:5 -status:suspended
over 30 days overdue → = due:overdue due:<-30d
starter or plus on venus → = starter,plus venus
starter,plus on venus → = starter,plus venus
server saturn and server pluto, all active pls → = server:saturn,pluto status:active
server saturn and pluto → = server:saturn,pluto
server saturn, server pluto → = server:saturn,pluto
Client: Dana Demo (ID 1) → = client:1
status: on hold → mistake
thx mate, you're the best → help
give me the whole list as csv → no filter
export all → help
CRITICAL - 198.51.100.18: rta nan → ~ 198.51.100.18 rta nan
svc 17 → = service:17
customer says todya.example is not loading → ~ domain:todya.example
everyone except client 7 → everything all:yes -client:7
Client Name: Conor O'Brien → = client:"Conor O'Brien"
client 5 or status active → mistake
client 5 without credit card → ~ client:5 -"credit card"
saturn without paypal → ~ saturn -paypal
all services except shared hosting → everything all:yes -"shared hosting"
not starter and plus on saturn → ~ -starter,plus saturn
new signups this week → = registered:this-week
signed up this month → = registered:this-month
sign-ups last month → = registered:last-month
new signups → ~ registered:<30d
expiring domains → ~ due:<30d
due soon on saturn → ~ saturn due:<30d
recently suspended → ~ status:suspended
renewals for client 5 → ~ client:5
saturn load average 0.4 → ~ saturn load average "0.4"
disk 92% on saturn → = disk 92% saturn
clients with more than 5 services → cannot list as:summary
saturn over 100 → ~ saturn
services over 100 eur → ~ amount:>100
product plus price over 20 → = product:plus amount:>20
starter 12.95 → ~ starter "12.95"
suspended services with reason overdue on payment → ~ status:suspended due:overdue
client7 → = client:7
client#7 active → = client:7 status:active
order-12 → = order:12
cl 7 → = client:7
clients7 and service17 → = client:7 service:17
web1 → = web1
inv1001 → cannot invoice
ticket#77 → cannot ticket
group shared hosting → = group:"shared hosting"
group shared hosting active → = group:"shared hosting" status:active
product web hosting pro → = product:"web hosting pro"
cancel 1 and 3 → cannot change client:1,3 service:1,3 order:1,3
cancel 17 → cannot change client:17 service:17 order:17
suspend client 5 and 7 → cannot change client:5,7
suspend service 17 and client 5 → cannot change service:17 client:5
invoices of Dana Demo → cannot invoice Dana Demo
client 5 sort by due → = client:5 sort:due
client 5 order by amount desc → = client:5 sort:-amount
saturn sorted by domain → = saturn sort:domain
client 5 sort by next due date descending → = client:5 sort:-due
client 5 sorted by registration date → = client:5 sort:registered
newest first on saturn → = saturn sort:-registered
client 5 sort by colour → ~ client:5
client 5 sort by due, sort by amount → ~ client:5 sort:due
order 12 sort by price → = order:12 sort:amount
sort by due → no filter
most expensive services on saturn → = saturn sort:-amount
all monthly services due in the next 7 days → = cycle:monthly due:<=7d
due next 30 days → = due:<=30d
next 7 days → = due:<=7d
due in last 7 days → = due:-7d..today
registered in the last 30 days → = registered:<=30d
due between 2026-12-01 and 2026-12-15 → = due:2026-12-01..2026-12-15
due between 1 dec and 15 dec → = due:dec-01..dec-15
due between 1 nov and 15 dec → = due:nov-01..dec-15
due from 1 dec to 15 dec → = due:dec-01..dec-15
due 1-15 dec → = due:dec-01..dec-15
due 1–15 december 2026 → = due:2026-12-01..2026-12-15
due 1st to 15th of december → = due:dec-01..dec-15
due between 1 and 15 december → = due:dec-01..dec-15
due dec 1-15 → = due:dec-01..dec-15
due december 1 to 15, 2026 → = due:2026-12-01..2026-12-15
due 20 dec to 5 jan 2027 → = due:2026-12-20..2027-01-05
due 20 dec 2026 to 5 jan → = due:2026-12-20..2027-01-05
due 1. bis 15. Dezember → = due:dec-01..dec-15
fällig vom 1. bis zum 15. Dezember → = due:dec-01..dec-15
fällig zwischen 1. und 15. Dezember 2026 → = due:2026-12-01..2026-12-15
due 1.-15.12. → = due:dec-01..dec-15
due 1.12.-15.12.2026 → = due:2026-12-01..2026-12-15
due 1.12. - 15.12. → = due:dec-01..dec-15
due dec to jan 2027 → = due:2026-12..2027-01
registered between 3 march and 5 april → = registered:mar-03..apr-05
due before 5 dec → = due:<dec-05
due 5 dec and 7 dec → = due:dec-05,dec-07
due 3/4 → ? due:mar-04 | due:apr-03
due 12/31 → = due:dec-31
active 9.5 → ~ amount:9.5 status:active
jan 5 → = jan "5"
due 28 to 5 december → = due:nov-28..dec-05
due dec 28 to 5 → = due:dec-28..jan-05
due 28 to 5 january 2027 → = due:2026-12-28..2027-01-05
due 31 june → mistake
suspended for non payment on pluto → ~ pluto status:suspended
without payment on saturn → ~ saturn
24,95€ monthly → ~ amount:24.95 cycle:monthly
saturn >100eur → ~ saturn amount:>100
39€ vps m → ~ amount:39 vps m
clients 1 and 5, only active ones, by due date → = client:1,5 status:active sort:due
saturn by domain → = saturn sort:domain
is 198.51.100.15 ours → = 198.51.100.15
saturn customers email list → = saturn as:emails
status on hold client 5 → ~ client:5
client 5 on hold → = client:5
pending >30 days → ~ status:pending
demodomain dot com → = domain:demodomain.com
domain demodomain2 dot net active → = domain:demodomain2.net status:active
vps m or vps s on mercury, suspended → = "vps m","vps s" mercury status:suspended
saturn vps m or vps s or vps l → = saturn "vps m","vps s","vps l"
rosa resell or amara haddad → = "rosa resell","amara haddad"
harbour saturn or pluto → = harbour saturn,pluto
<mailto:dana@demodomain.com|dana@demodomain.com> → = email:dana@demodomain.com
<http://unpaid.example|unpaid.example> → = domain:unpaid.example
198[.]51[.]100[.]168 → = 198.51.100.168
one-time fees → = cycle:one-time
due from 01.12.2026 to 15.12.2026 → = due:2026-12-01..2026-12-15
due 01.12.2026–15.12.2026 → = due:2026-12-01..2026-12-15
due by end of month → = due:<=this-month
due until 31.12.2026 → = due:<=2026-12-31
registered between 2018 and 2020 → = registered:2018..2020
customers since 2019 → = registered:>=2019
suspended since october → ~ status:suspended
suspended since 3 weeks → ~ status:suspended
overdue since october → ~ due:overdue
registered more than 2 years ago → = registered:>2y
older than 3 years → = registered:>3y
due in more than 30 days → = due:>30d
due 5 december → = due:dec-05
due december 5th 2026 → = due:2026-12-05
due 31.12. → = due:dec-31
due friday → ~ due:<7d
guy on the line, says his name is dana demo → = dana demo
client 5's hosting → = client:5
emails of everyone on saturn → = saturn as:emails
email addresses of suspended customers → = status:suspended as:emails
annual plans over 300 → ~ amount:>300 cycle:annually
total revenue → = as:summary
monthly revenue → = as:summary
monthly count → = cycle:monthly as:summary
services by status → = as:summary
services by product on saturn → = saturn as:summary
yo bot → help
sorry wrong channel → help
domains ending in .net → = domain:*.net
domains ending with net → = domain:*.net
*.net → = domain:*.net
-*.net client:5 → = -domain:*.net client:5
domain contains harbour → = domain:*harbour*
servers starting with s → = server:s*
i would like client 5 → = client:5
starting in december → = starting december
ip range 198.51.100.* → = ip:198.51.100.0/24
neptune without cancelled and terminated → = neptune -status:cancelled,terminated
neptune not cancelled or terminated → = neptune -status:cancelled,terminated
neptune, not terminated, not cancelled → = neptune -status:terminated -status:cancelled
client:5 not suspended and monthly → = client:5 -status:suspended cycle:monthly
suspended on neptune this month → ~ neptune status:suspended
active on neptune next month → = neptune status:active due:next-month
pending for more than 3 days → ~ status:pending
orders today → = registered:today
pending orders this week → = status:pending registered:this-week
orders of client 5 → = client:5
one time services → = cycle:one-time
biennial → = cycle:biennially
clients 5/7/103 → = client:5,7,103
clients 5-7 → = client:5,6,7
due tomorrow or today → = due:tomorrow,today
due today and tomorrow → = due:today,tomorrow
overdue since 2017 → ~ due:overdue
overdue by more than a month → = due:overdue due:<-1m
overdue > 30 → ~ due:overdue due:<-30d
30 days overdue → = due:overdue due:<=-30d
paid by credit card → = credit card
payment via bank transfer → = payment:"bank transfer"
12,95 → ? client:12,95 | service:12,95 | order:12,95 | amount:12.95
12 euro → ~ amount:12
between 10 and 20 euro → = amount:10..20
amount between 10 and 20 → = amount:10..20
amount 10-20 → = amount:10..20
neptune to excel → = neptune as:csv
when does unpaid.example renew → = domain:unpaid.example
is demodomain2.net still active or did we suspend it? → = domain:demodomain2.net
did client 5 cancel? → = client:5
can you cancel client 5 → cannot change client:5
please renew demodomain2.net → cannot change domain:demodomain2.net
`

// summed says of a reading what a row says of it.
func summed(r Reading) string {
	switch r.Kind {
	case ReadQuestion:
		if r.Guess() {
			return "~ " + r.Query.String()
		}
		return "= " + r.Query.String()
	case ReadChoice:
		return "? " + strings.Join(r.Offers, " | ")
	case ReadHelp:
		return "help"
	case ReadCannot:
		return strings.TrimSpace("cannot " + string(r.Matter) + " " + strings.Join(r.Offers, " "))
	case ReadEverything:
		return "everything " + strings.Join(r.Offers, " ")
	case ReadNoFilter:
		return "no filter"
	}
	return "mistake"
}

func TestReadings(t *testing.T) {
	t.Parallel()
	for row := range strings.Lines(readings + moreReadings) {
		typed, must, ok := strings.Cut(strings.TrimSpace(row), " → ")
		if !ok {
			continue
		}
		typed = strings.NewReplacer("§", "`", "⏎", "\n").Replace(typed)
		if sign, line, _ := strings.Cut(must, " "); sign == "=" || sign == "~" {
			q, err := Parse(line)
			if err != nil {
				t.Fatalf("%s: the row's own line: %v", typed, err)
			}
			must = sign + " " + q.String()
		}
		r := Read(typed)
		if got := summed(r); got != must {
			t.Errorf("%q: %s, want %s (left out %q, %v)", typed, got, must, r.LeftOut, r.Err)
		}
	}
}

// FuzzRead holds any line to the promises: no panic, a strict line read as it is, a query
// and offers that parse.
func FuzzRead(f *testing.F) {
	for row := range strings.Lines(readings + moreReadings) {
		typed, _, _ := strings.Cut(strings.TrimSpace(row), " → ")
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		r := Read(line)
		if q, err := Parse(line); err == nil && isStrict(line, (&lexer{line: line}).tokens()) && (!r.Strict || r.Query.String() != q.String() || r.Guess()) {
			t.Fatalf("%q is %q, and is read as %q", line, q, r.Query)
		}
		for _, q := range append([]Query{r.Query, r.Core, r.Fuller}, r.others()...) {
			again, err := Parse(q.String())
			if err != nil || again.String() != q.String() {
				t.Fatalf("%q is read as %q: %v", line, q, err)
			}
		}
		for _, offer := range r.Offers {
			if _, err := Parse(offer); err != nil {
				t.Fatalf("%q offers %q: %v", line, offer, err)
			}
		}
		if r.Kind == ReadMistake && r.Err == nil || r.Kind == "" {
			t.Fatalf("%q: %+v", line, r)
		}
	})
}

// BenchmarkRead reads and parses lines of 200 and of 2,000 characters.
func BenchmarkRead(b *testing.B) {
	sentence := "show me all active services of client 5 on server saturn that are overdue more than 30 days, please "
	for _, n := range []int{200, 2000} {
		line := strings.Repeat(sentence, n/len(sentence)+1)[:n]
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				Read(line)
			}
		})
	}
}

// TestSlipFor: a word that is no slip for one of the language is not offered as one.
func TestSlipFor(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"suspeneded": "status:suspended", "actve": "status:active", "anually": "cycle:annually", "uspended": "status:suspended",
		"really": "", "partly": "", "orders": "", "uranus": "",
	} {
		got, ok := slipFor(word)
		if is := got.String(); ok != (want != "") || ok && is != want {
			t.Errorf("%s: %s, %v, want %q", word, is, ok, want)
		}
	}
}
