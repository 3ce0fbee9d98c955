package auth

import (
	"encoding/asn1"
)

// The most that opening one encrypted key or certificate file may cost (T68).
// What OpenSSL, Java and browsers write stays far below.
const (
	maxIterations = 2_000_000 // PBKDF2 and the like: some seconds
	maxScrypt     = 1 << 20   // N·r·p: 128 MiB and some seconds
	maxKeyLength  = 64        // of a derived key, in bytes
	maxCostDepth  = 32
)

// affordable tells whether opening DER data stays within the limits, before
// anything is computed. The parameters of every key derivation (PKCS#5, PKCS#12
// appendix B, scrypt, the MAC of a PKCS#12 file) are a salt, an OCTET STRING,
// with integers behind it: one is the number of iterations, two add the length
// of the key, three are N, r and p of RFC 7914. That rule finds them wherever
// they are, in octet strings that hold more DER too; what is itself encrypted
// can't be looked into.
func affordable(der []byte) bool { return affordableWithin(der, maxCostDepth) }

func affordableWithin(der []byte, depth int) bool {
	if depth == 0 {
		return false
	}
	salted := false
	var costs []int64
	for len(der) > 0 {
		var value asn1.RawValue
		rest, err := asn1.Unmarshal(der, &value)
		if err != nil {
			return affordableCosts(costs) // no DER: a salt, a ciphertext
		}
		der = rest
		switch {
		case value.Class == asn1.ClassUniversal && value.Tag == asn1.TagInteger && salted:
			var cost int64
			if _, err := asn1.Unmarshal(value.FullBytes, &cost); err != nil {
				return false // more than 64 bits
			}
			costs = append(costs, cost)
			continue
		case value.Tag == asn1.TagOctetString: // of any class: one library does not look
			salted = true
		}
		if (value.IsCompound || holdsDER(value)) && !affordableWithin(value.Bytes, depth-1) {
			return false
		}
	}
	return affordableCosts(costs)
}

// holdsDER tells whether an octet string is a whole DER structure.
func holdsDER(value asn1.RawValue) bool {
	var inner asn1.RawValue
	rest, err := asn1.Unmarshal(value.Bytes, &inner)
	return value.Tag == asn1.TagOctetString && err == nil && len(rest) == 0 && inner.IsCompound
}

// affordableCosts judges the integers behind one salt.
func affordableCosts(costs []int64) bool {
	for _, cost := range costs {
		if cost < 1 || cost > maxIterations {
			return false
		}
	}
	switch len(costs) {
	case 0, 1:
		return true
	case 2:
		return costs[1] <= maxKeyLength
	default:
		product := costs[0]
		for _, factor := range costs[1:3] {
			if product *= factor; product > maxScrypt {
				return false
			}
		}
		return true
	}
}
