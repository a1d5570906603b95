//! Documents that are neither tables nor PDFs, as text: Word (.docx), OFD invoices, mail (.eml, .mht), saved web pages.
//!
//! In: the bytes of one file. Out: its text line by line (a paragraph is a line, a table row is a line with tabs), and for invoices their fields.
//! The file itself is kept as it is; the text only serves to find order numbers, notices and conversations in it.

pub mod cell_notes;
pub mod docx;
pub mod html;
pub mod mail;
pub mod ofd;
pub mod opc;
