//! The receiving end of a channel of pictures: joins pieces, and withholds pictures that depend on a dropped
//! one.

use super::{BadPiece, MAX_PIECE_BYTES, PictureHeader, PicturePiece};

/// A whole picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssembledPicture {
    /// What was said about it.
    pub header: PictureHeader,
    /// The picture.
    pub data: Vec<u8>,
}

/// What a message completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assembly {
    /// More pieces must come.
    Incomplete,
    /// A picture that a decoder can take.
    Picture(AssembledPicture),
    /// A piece of a picture that nothing can be made of: its beginning or a picture before it is missing.
    Useless,
}

/// Joins the pieces of one channel.
#[derive(Debug, Default)]
pub struct Assembler {
    current: Option<AssembledPicture>,
    /// The last picture that was given to the decoder, which the next one may depend on.
    last: Option<PictureHeader>,
}

impl Assembler {
    /// Takes one message.
    pub fn take(&mut self, message: &[u8]) -> Result<Assembly, BadPiece> {
        let piece = PicturePiece::parse(message)?;
        if piece.offset == 0 {
            // A picture that is not whole by now never will be: the sender gave it up.
            self.current = Some(AssembledPicture {
                header: piece.header,
                data: Vec::with_capacity(MAX_PIECE_BYTES.min(piece.header.n_bytes as usize)),
            });
        }
        let Some(mut picture) = self.current.take() else {
            return Ok(Assembly::Useless);
        };
        let is_next = picture.header == piece.header && picture.data.len() == piece.offset as usize;
        if !is_next {
            return Ok(Assembly::Useless);
        }
        picture.data.extend_from_slice(piece.data);
        if picture.data.len() < picture.header.n_bytes as usize {
            self.current = Some(picture);
            return Ok(Assembly::Incomplete);
        }
        if !self.leads_to(&picture.header) {
            self.last = None;
            return Ok(Assembly::Useless);
        }
        self.last = Some(picture.header);
        Ok(Assembly::Picture(picture))
    }

    fn leads_to(&self, next: &PictureHeader) -> bool {
        next.is_key
            || self.last.is_some_and(|last| {
                (last.codec, last.source) == (next.codec, next.source)
                    && last.number.wrapping_add(1) == next.number
            })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{PictureCodec, messages};
    use super::*;

    fn picture(number: u32, is_key: bool, n_bytes: usize) -> Vec<Vec<u8>> {
        let header = PictureHeader {
            codec: PictureCodec::H265,
            is_key,
            source: 1,
            number,
            time: u64::from(number) * 3_600,
            n_bytes: n_bytes as u32,
        };
        messages(header, &vec![number as u8; n_bytes]).collect()
    }

    /// Numbers of the pictures that come out.
    fn numbers(messages: impl IntoIterator<Item = Vec<u8>>) -> Vec<u32> {
        let mut assembler = Assembler::default();
        let mut numbers = Vec::new();
        for message in messages {
            if let Ok(Assembly::Picture(picture)) = assembler.take(&message) {
                assert_eq!(picture.data.len(), picture.header.n_bytes as usize);
                numbers.push(picture.header.number);
            }
        }
        numbers
    }

    #[test]
    fn pictures_come_out_whole_and_in_order() {
        let sent = [picture(0, true, 50_000), picture(1, false, 3)].concat();

        assert_eq!(numbers(sent), [0, 1]);
    }

    #[test]
    fn pictures_wait_for_a_key_frame() {
        let sent = [
            picture(u32::MAX, false, 5),
            picture(0, true, 5),
            picture(2, false, 5),
            picture(3, false, 5),
            picture(4, true, 5),
            picture(5, false, 5),
        ];

        assert_eq!(numbers(sent.concat()), [0, 4, 5]);
    }

    #[test]
    fn a_picture_that_was_given_up_is_left_out() {
        let mut sent = picture(0, true, 40_000);
        sent.truncate(1);
        sent.extend(picture(1, true, 5));

        assert_eq!(numbers(sent), [1]);
    }

    proptest! {
        #[test]
        fn a_lost_message_never_makes_a_wrong_picture(lost in prop::collection::vec(any::<bool>(), 30)) {
            let sent = (0..10).flat_map(|n| picture(n, n % 4 == 0, 40_000));
            let mut assembler = Assembler::default();
            let mut last = None;

            for (message, _) in sent.zip(lost).filter(|(_, is_lost)| !is_lost) {
                let Ok(Assembly::Picture(picture)) = assembler.take(&message) else {
                    continue;
                };
                let number = picture.header.number;
                prop_assert_eq!(picture.data, vec![number as u8; 40_000]);
                prop_assert!(picture.header.is_key || last == number.checked_sub(1));
                last = Some(number);
            }
        }

        #[test]
        fn any_messages_keep_at_most_one_picture(all in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..40)) {
            let mut assembler = Assembler::default();
            for message in all {
                let _ = assembler.take(&message);
                let kept = assembler.current.as_ref().map_or(0, |picture| picture.data.len());
                prop_assert!(kept <= super::super::MAX_PICTURE_BYTES);
            }
        }
    }
}
