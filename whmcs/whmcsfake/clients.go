package whmcsfake

import "strconv"

// A client is a customer.
type client struct {
	id                          int
	first, last, company, email string
}

// firstMadeClient is the first client that nobody wrote by hand.
const firstMadeClient = 9

// writtenClients are the clients 1 to 8.
var writtenClients = []client{
	{1, "Dana", "Demo", "Demo Domain Ltd", "dana@demodomain.com"},
	{2, "<!channel>", "<https://evil.example|Bank>", "*Bold* & `Code` \u202eevil\u202c Ltd", "hostile@evil.example"},
	{3, "Noa", "Nothing", "", "noa@nothing.example"},
	{4, "مريم", "בן־דוד", "Студия 星", "maryam@rtl.example"},
	{5, "Conor", "O'Brien", "O'Brien & Söhne 🌻", "conor@obrien.example"},
	{6, "Frieda", "Frei", "Verein Freie Netze e. V.", "frieda@verein.example"},
	{7, "Rosa", "Resell", "Harbour Web Agency", "rosa@harbourweb.example"},
	{8, "Toby", "Trouble", "", "toby@trouble.example"},
}

var firstNames = []string{
	"Ada", "Aino", "Amara", "Ben", "Carla", "Chen", "David", "Elif", "Emma", "Farid", "Grace", "Hana", "Igor", "Ines",
	"Jan", "Kofi", "Lena", "Liam", "Mateo", "Mila", "Nils", "Olga", "Priya", "Rosa", "Sam", "Tariq", "Uma", "Vera", "Yuki", "Zoe",
}

var lastNames = []string{
	"Adeyemi", "Andersson", "Bauer", "Becker", "Costa", "Diaz", "Evans", "Fischer", "Garcia", "Haddad", "Ivanova", "Jensen",
	"Kim", "Kovac", "Lind", "Moreau", "Nakamura", "Novak", "Okafor", "Patel", "Rossi", "Santos", "Silva", "Singh", "Tanaka",
	"Virtanen", "Weber", "Wright", "Yilmaz", "Zielinski",
}

var companyEndings = []string{" Ltd", " GmbH", " & Co", " Studio", " AB", " S.L."}

// clientOf makes a client from its id. Half of them are companies.
func clientOf(id int) client {
	if id < firstMadeClient {
		return writtenClients[id-1]
	}
	c := client{id: id, first: firstNames[pick(id, askName, len(firstNames))], last: lastNames[pick(id, askName+100, len(lastNames))]}
	if pick(id, askExtra, 2) == 0 {
		c.company = c.last + companyEndings[pick(id, askReason, len(companyEndings))]
	}
	c.email = lower(c.first) + "." + lower(c.last) + strconv.Itoa(id) + "@mail.example"
	return c
}

// lower is for the names above, which are ASCII.
func lower(name string) string { return string(name[0]|0x20) + name[1:] }
