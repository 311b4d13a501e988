package bot

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

// A seal encrypts what leaves the process for the store, with AES-256-GCM and a random nonce.
// Its keys come from the bot token by HKDF-SHA256: who has the token alone can open it. A
// value is bound to the name of its key, so that none can be put in another's place.
type seal struct {
	values cipher.AEAD
	names  []byte // key of the names' hashes
}

func newSeal(token Secret) (*seal, error) {
	key := func(purpose string) ([]byte, error) {
		return hkdf.Key(sha256.New, []byte(token.Reveal()), nil, "servicesbot store: "+purpose, 32)
	}
	values, err := key("values")
	if err != nil {
		return nil, fmt.Errorf("deriving the store's keys: %w", err)
	}
	names, err := key("names")
	if err != nil {
		return nil, fmt.Errorf("deriving the store's keys: %w", err)
	}
	block, err := aes.NewCipher(values)
	if err != nil {
		return nil, fmt.Errorf("deriving the store's keys: %w", err)
	}
	sealed, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("deriving the store's keys: %w", err)
	}
	return &seal{sealed, names}, nil
}

// close seals a value for a key.
func (s *seal) close(key string, value []byte) []byte {
	return s.values.Seal(nil, nil, value, []byte(key))
}

// open opens what close sealed for the same key; false where it did not.
func (s *seal) open(key string, sealed []byte) ([]byte, bool) {
	value, err := s.values.Open(nil, nil, sealed, []byte(key))
	return value, err == nil
}

// name is a hash of what a key is about: who reads the keys sees no user, channel or question.
func (s *seal) name(about string) string {
	h := hmac.New(sha256.New, s.names)
	h.Write([]byte(about))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}

// sealedName is the length of what name returns.
const sealedName = 22
