package widgets

import (
	"slices"

	"fyne.io/fyne/v2"
)

// PairWords are what a PairRows says.
type PairWords struct {
	Name, Value    string // placeholders of a row's entries
	Add            string // the button for one more row
	Remove         string // tooltip of a row's minus
	AsJSON, AsRows string // the link that changes the view
	Show, Hide     string // the link that shows all values, or dots again
}

// PairRows are rows of a name and a value, with + and −, or the same as a JSON
// text. Values are dots but in the row that has the focus, and in all rows once
// Show was pressed. It is a Control: put it into a Field with ReplaceControl.
type PairRows struct {
	*fyne.Container
	// OnChanged is called at each change by the user with the rows, blank ones
	// included, or with the *JSONError of a text that can't be read.
	OnChanged func(pairs []Pair, err error)
	// OnHeight is called when it has become higher or lower.
	OnHeight func()
	// OnFocus is called when an entry gets or loses the focus.
	OnFocus func(in *Input, gained bool)

	icons   Icons
	words   PairWords
	wheel   func(*fyne.ScrollEvent)
	lines   []*pairLine
	column  *fyne.Container
	area    *Input
	add     *Button
	reveal  *Link
	swap    *Link
	shown   bool // values in the clear
	asJSON  bool
	invalid bool
}

// pairLine is one row.
type pairLine struct {
	object      *fyne.Container
	name, value *Input
}

// NewPairRows returns the rows for pairs.
func NewPairRows(icons Icons, words PairWords, pairs []Pair) *PairRows {
	r := &PairRows{icons: icons, words: words}
	r.column = NewColumn(8)
	r.area = NewCodeArea("", 6)
	r.area.Entry().OnChanged = func(text string) {
		if r.OnChanged != nil && r.asJSON {
			r.OnChanged(ParsePairs(text))
		}
	}
	r.area.OnFocus = func(gained bool) { r.focus(r.area, gained) }
	r.add = NewButton(words.Add, icons.Icon("plus"), r.addLine)
	r.add.Small = true
	r.reveal = NewSmallLink(words.Show, nil, r.toggleValues)
	r.swap = NewSmallLink(words.AsJSON, nil, r.toggleJSON)
	foot := NewRow(16, 1, true, r.add, NewRow(0, -1, true), r.reveal, r.swap)
	r.Container = NewColumn(8, r.column, r.area, foot)
	for _, pair := range pairs {
		r.append(pair)
	}
	r.show()
	return r
}

// Pairs returns what stands in the rows; not those of a JSON text.
func (r *PairRows) Pairs() []Pair {
	pairs := make([]Pair, len(r.lines))
	for i, line := range r.lines {
		pairs[i] = Pair{Name: line.name.Text(), Value: line.value.Text()}
	}
	return pairs
}

// SetInvalid implements Control.
func (r *PairRows) SetInvalid(invalid bool) {
	r.invalid = invalid
	r.area.SetInvalid(invalid)
	for _, line := range r.lines {
		line.name.SetInvalid(invalid)
	}
}

// SetWheel does so for all entries, see Input.SetWheel.
func (r *PairRows) SetWheel(scrolled func(*fyne.ScrollEvent)) {
	r.wheel = scrolled
	r.area.SetWheel(scrolled)
	for _, line := range r.lines {
		line.setWheel(scrolled)
	}
}

func (l *pairLine) setWheel(scrolled func(*fyne.ScrollEvent)) {
	if scrolled != nil {
		l.name.SetWheel(scrolled)
		l.value.SetWheel(scrolled)
	}
}

// Focusable implements Control.
func (r *PairRows) Focusable() fyne.Focusable {
	switch {
	case r.asJSON:
		return r.area.Focusable()
	case len(r.lines) > 0:
		return r.lines[0].name.Focusable()
	}
	return r.add
}

// append adds a row without telling.
func (r *PairRows) append(pair Pair) *pairLine {
	line := &pairLine{name: NewInput(r.words.Name, true), value: NewInput(r.words.Value, true)}
	line.name.SetText(pair.Name)
	line.value.SetText(pair.Value)
	line.value.SetMasked(!r.shown)
	line.name.SetInvalid(r.invalid)
	line.setWheel(r.wheel)
	line.name.Entry().OnChanged = func(string) { r.changed() }
	line.value.Entry().OnChanged = func(string) { r.changed() }
	line.name.OnFocus = func(gained bool) { r.focus(line.name, gained) }
	line.value.OnFocus = func(gained bool) {
		line.value.SetMasked(!gained && !r.shown)
		r.focus(line.value, gained)
	}
	minus := NewIconButton(r.icons.Icon("minus"), r.words.Remove, func() { r.remove(line) })
	line.object = &fyne.Container{Layout: pairLayout{}, Objects: []fyne.CanvasObject{line.name, line.value, minus}}
	r.lines = append(r.lines, line)
	return line
}

func (r *PairRows) addLine() {
	line := r.append(Pair{})
	r.show()
	r.changed()
	r.focusOn(line.name)
}

func (r *PairRows) remove(line *pairLine) {
	r.lines = slices.DeleteFunc(r.lines, func(l *pairLine) bool { return l == line })
	r.show()
	r.changed()
}

// ShowValues shows all values, as the link does.
func (r *PairRows) ShowValues() {
	if !r.shown {
		r.toggleValues()
	}
}

func (r *PairRows) toggleValues() {
	r.shown = !r.shown
	for _, line := range r.lines {
		line.value.SetMasked(!r.shown)
	}
	r.show()
}

// toggleJSON shows the rows as JSON, or the JSON as rows when it can be read.
func (r *PairRows) toggleJSON() {
	if r.asJSON {
		pairs, err := ParsePairs(r.area.Text())
		if err != nil {
			r.focusOn(r.area)
			return
		}
		r.asJSON, r.lines = false, nil
		for _, pair := range pairs {
			r.append(pair)
		}
		r.show()
		return
	}
	pairs := slices.DeleteFunc(r.Pairs(), func(p Pair) bool { return p == Pair{} })
	r.area.SetText(FormatPairs(pairs)) // not a change by the user: asJSON is still false
	r.asJSON = true
	r.show()
	r.focusOn(r.area)
}

func (r *PairRows) changed() {
	if r.OnChanged != nil {
		r.OnChanged(r.Pairs(), nil)
	}
}

func (r *PairRows) focus(in *Input, gained bool) {
	if r.OnFocus != nil {
		r.OnFocus(in, gained)
	}
}

// show brings the view to rows or JSON.
func (r *PairRows) show() {
	r.column.Objects = make([]fyne.CanvasObject, len(r.lines))
	for i, line := range r.lines {
		r.column.Objects[i] = line.object
	}
	r.column.Hidden = r.asJSON || len(r.lines) == 0
	r.area.Hidden = !r.asJSON
	r.add.Hidden = r.asJSON
	r.reveal.Hidden = r.asJSON || len(r.lines) == 0
	swap, reveal := r.words.AsJSON, r.words.Show
	if r.asJSON {
		swap = r.words.AsRows
	}
	if r.shown {
		reveal = r.words.Hide
	}
	r.swap.Set(swap, r.toggleJSON)
	r.reveal.Set(reveal, r.toggleValues)
	Relayout(r.Container)
	r.Refresh()
	if r.OnHeight != nil {
		r.OnHeight()
	}
}

// focusOn gives an entry the focus. It may be so new that the driver does not
// know its window yet, but it knows that of what was pressed.
func (r *PairRows) focusOn(in *Input) {
	driver := fyne.CurrentApp().Driver()
	c := driver.CanvasForObject(r.swap)
	if c == nil {
		c = driver.CanvasForObject(in)
	}
	if c != nil {
		in.FocusIn(c)
	}
	Reveal(in) // also where it has had the focus before
}

// pairLayout: the name takes two fifths, the value the rest, the minus its own.
type pairLayout struct{}

// HeightAt implements TallLayout.
func (pairLayout) HeightAt([]fyne.CanvasObject, float32) float32 { return inputHeight }

// Layout implements fyne.Layout.
func (pairLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	const gap, minus = 8, 28
	name := (size.Width - minus - 2*gap) * 0.4
	objects[0].Resize(fyne.NewSize(name, inputHeight))
	objects[1].Move(fyne.NewPos(name+gap, 0))
	objects[1].Resize(fyne.NewSize(size.Width-name-minus-2*gap, inputHeight))
	objects[2].Move(fyne.NewPos(size.Width-minus, (inputHeight-minus)/2))
	objects[2].Resize(fyne.NewSquareSize(minus))
}

// MinSize implements fyne.Layout.
func (pairLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, inputHeight) }
