//go:build e2e || bench

package robot

// Where things stand in the window of 1180 × 760, and so on the screen.
var (
	placeFirstRow     = point{400, 187}
	placeTryLocal     = point{585, 448}
	placeFriendlyName = point{430, 184}
	placePractice     = point{300, 297}
	placeSubmit       = point{1083, 702}
	placeCopyPassword = point{760, 430}
	placeCopyCode     = point{635, 412}
)

// rowHeight is how far apart the table's rows are.
const rowHeight = 36
