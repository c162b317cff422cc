package flow

import "strings"

// Suggest finds the action type that someone who wrote an unknown one may have
// meant: by a known alias, else by the likeness of the letters. Empty if none is near.
func (r *Registry) Suggest(unknown string) string {
	for _, b := range r.blocks {
		for _, alias := range b.Aliases {
			if strings.EqualFold(alias, unknown) {
				return b.Type
			}
		}
	}
	if len(unknown) > 2*maxIdentifierChars {
		return ""
	}
	best, bestDistance := "", len(unknown)/4+1
	for _, b := range r.blocks {
		if d := editDistance(strings.ToLower(unknown), strings.ToLower(b.Type)); d < bestDistance {
			best, bestDistance = b.Type, d
		}
	}
	return best
}

// editDistance counts the insertions, deletions and replacements between two
// texts, bytewise (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
