// Package form is the form of an official document (公文) after GB/T 9704-2012:
// its measures, and the order of its parts as sections of pieces. It decides what
// stands where; packages docx and pdf draw it, so that both say the same.
package form
