//go:build e2e || bench

package robot

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"time"
)

// picture is what the screen shows.
type picture = *image.RGBA

// screenFile is where the virtual display keeps its screen, below the home.
const screenFile = "screen/Xvfb_screen0"

// look takes a picture of the screen, from the display's own memory: a file in the
// format of xwd, whose header is of numbers of 32 bits, the first its own length.
func (d *desktop) look() (picture, error) {
	raw, err := os.ReadFile(filepath.Join(d.home, screenFile))
	if err != nil {
		return nil, fmt.Errorf("picture of the screen: %w", err)
	}
	from := pixelsFrom(raw)
	if from < 0 || from > len(raw) {
		return nil, errors.New("picture of the screen: another format")
	}
	pixels := raw[from:]
	if len(pixels) < screenWidth*screenHeight*4 {
		return nil, fmt.Errorf("picture of the screen: %d bytes", len(raw))
	}
	shown := image.NewRGBA(image.Rect(0, 0, screenWidth, screenHeight))
	for i := 0; i < len(shown.Pix); i += 4 { // blue comes first
		shown.Pix[i], shown.Pix[i+1], shown.Pix[i+2], shown.Pix[i+3] = pixels[i+2], pixels[i+1], pixels[i], 0xff
	}
	return shown, nil
}

// pixelsFrom is where the picture begins in the file, in bytes; -1 when it has another format.
func pixelsFrom(head []byte) int {
	const stride, colours = 12, 19 // the numbers of the bytes in a line, and of the colours before the picture
	number := func(i int) int { return int(binary.BigEndian.Uint32(head[4*i:])) }
	if len(head) < 100 || number(4) != screenWidth || number(5) != screenHeight || number(stride) != screenWidth*4 {
		return -1
	}
	return number(0) + 12*number(colours)
}

// blink is how many pixels may differ between two pictures of a screen at rest:
// a text cursor.
const blink = 120

// differ counts the pixels that differ.
func differ(a, b picture) int {
	count := 0
	for i := 0; i < len(a.Pix); i += 4 {
		if a.Pix[i] != b.Pix[i] || a.Pix[i+1] != b.Pix[i+1] || a.Pix[i+2] != b.Pix[i+2] {
			count++
		}
	}
	return count
}

// plain tells whether nothing has been drawn yet: a screen or a window of few
// colours.
func plain(shown picture) bool {
	colours := map[[3]byte]bool{}
	for i := 0; i < len(shown.Pix) && len(colours) < 8; i += 4 {
		colours[[3]byte(shown.Pix[i:i+3])] = true
	}
	return len(colours) < 8
}

// settle waits until the screen has changed since before (nil: no matter) and
// has come to rest, and returns what it shows then.
func (d *desktop) settle(before picture, patience time.Duration) (picture, error) {
	var last picture
	for started := time.Now(); time.Since(started) < patience; pause(250 * time.Millisecond) {
		now, err := d.look()
		if err != nil {
			return nil, err
		}
		changed := !plain(now) && (before == nil || differ(before, now) > blink)
		if changed && last != nil && differ(last, now) <= blink {
			return now, nil
		}
		last = now
	}
	return last, errors.New("nothing happened on the screen, or it did not come to rest")
}

// save writes the picture as a PNG file.
func save(shown picture, file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	return png.Encode(out, shown)
}
