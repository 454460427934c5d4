// The door of the H.265 decoder for lib/software_h265.js: one access unit (Annex B) in, pictures in RGBA out, in
// the order in which they are shown. One decoder per instance; a trap ends the instance.

#include <cstdint>
#include <cstdlib>

#include "libde265/de265.h"
#include "libde265/decctx.h"

#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace {

/// 1280 × 720, and a bit for coded sizes in whole blocks of 64.
constexpr uint32_t MAX_PIXELS = 1280 * 768;
/// The longest picture of docs/ref/data_channels.md.
constexpr uint32_t MAX_PICTURE_BYTES = 4 * 1024 * 1024;
/// Below this height an unnamed colour matrix is that of standard definition, as browsers guess.
constexpr int HD_HEIGHT = 720;
constexpr int BT709 = 1;
constexpr int UNSPECIFIED = 2;

enum Result { DECODED = 0, DAMAGED = 1, TOO_LARGE = 2, UNKNOWN_FORMAT = 3 };

de265_decoder_context* context;
uint8_t* unit;
uint8_t* rgba;
int rgba_bytes;
int width;
int height;

/// Coefficients of YCbCr to RGB, times 2^13: 16-bit multiplications keep their sums within 32 bits.
struct Matrix {
  int y_offset, y, cr_r, cb_g, cr_g, cb_b;
};

Matrix matrix_of(const de265_image* image) {
  const bool is_full = de265_get_image_full_range_flag(image);
  const int named = de265_get_image_matrix_coefficients(image);
  const bool is_hd = named == BT709 || (named == UNSPECIFIED && height >= HD_HEIGHT);
  // ITU-R BT.709 and BT.601, full range and 16..235.
  if (is_hd) return is_full ? Matrix{0, 8192, 12901, 1535, 3835, 15201} : Matrix{16, 9539, 14686, 1747, 4366, 17304};
  return is_full ? Matrix{0, 8192, 11485, 2819, 5850, 14516} : Matrix{16, 9539, 13075, 3209, 6660, 16525};
}

inline uint32_t byte(int value) {
  value >>= 13;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/// One row; `cb` and `cr` have half its columns.
void convert_row(const Matrix& m, const uint8_t* y, const uint8_t* cb, const uint8_t* cr, uint32_t* out) {
  for (int x = 0; x < width; x++) {
    const int luma = (y[x] - m.y_offset) * m.y + (1 << 12);
    const int blue = cb[x >> 1] - 128;
    const int red = cr[x >> 1] - 128;
    const uint32_t r = byte(luma + red * m.cr_r);
    const uint32_t g = byte(luma - blue * m.cb_g - red * m.cr_g);
    const uint32_t b = byte(luma + blue * m.cb_b);
    out[x] = r | g << 8 | b << 16 | 0xff000000u;
  }
}

void convert(const de265_image* image) {
  int y_stride, c_stride;
  const uint8_t* y = de265_get_image_plane(image, 0, &y_stride);
  const uint8_t* cb = de265_get_image_plane(image, 1, &c_stride);
  const uint8_t* cr = de265_get_image_plane(image, 2, &c_stride);
  const Matrix matrix = matrix_of(image);
  uint32_t* out = reinterpret_cast<uint32_t*>(rgba);
  for (int row = 0; row < height; row++) {
    convert_row(matrix, y + row * y_stride, cb + (row / 2) * c_stride, cr + (row / 2) * c_stride, out + row * width);
  }
}

bool is_known(const de265_image* image) {
  return de265_get_chroma_format(image) == de265_chroma_420 && de265_get_bits_per_pixel(image, 0) == 8 &&
         de265_get_bits_per_pixel(image, 1) == 8;
}

/// Takes whatever pictures are ready off the decoder's queue; the newest is shown.
Result take_pictures() {
  Result result = DECODED;
  while (const de265_image* image = de265_peek_next_picture(context)) {
    width = de265_get_image_width(image, 0);
    height = de265_get_image_height(image, 0);
    const int bytes = width * height * 4;
    if (bytes > rgba_bytes) {
      rgba = static_cast<uint8_t*>(realloc(rgba, bytes));
      rgba_bytes = bytes;
    }
    if (!is_known(image) || !rgba) {
      result = UNKNOWN_FORMAT;
      width = 0;
    } else {
      convert(image);
    }
    de265_release_next_picture(context);
  }
  return result;
}

Result result_of(de265_error error) {
  if (error == DE265_OK) return DECODED;
  return error == DE265_ERROR_IMAGE_SIZE_EXCEEDS_SECURITY_LIMIT ? TOO_LARGE : DAMAGED;
}

}  // namespace

/// Begins anew, with a key frame.
EXPORT(start) void start() {
  if (context) de265_free_decoder(context);
  context = de265_new_decoder();
  de265_security_limits limits = *de265_get_security_limits(context);
  limits.max_image_size_pixels = MAX_PIXELS;
  limits.max_NAL_size_bytes = MAX_PICTURE_BYTES;
  de265_set_security_limits(context, &limits);
}

/// Where the next access unit has its place; 0 if it is too long.
EXPORT(place) uint8_t* place(uint32_t n_bytes) {
  if (n_bytes > MAX_PICTURE_BYTES) return nullptr;
  free(unit);
  unit = static_cast<uint8_t*>(malloc(n_bytes));
  return unit;
}

/// Decodes the access unit; `picture` has what is to be shown after it, `picture_width` is 0 if nothing is.
EXPORT(decode) Result decode(uint32_t n_bytes) {
  width = 0;
  de265_push_data(context, unit, n_bytes, 0, nullptr);
  de265_push_end_of_NAL(context);
  de265_push_end_of_frame(context);
  const decoder_context* inner = reinterpret_cast<decoder_context*>(context);
  de265_error error = DE265_OK;
  Result taken = DECODED;
  // One more call after the last picture would flush those that wait for their turn (pictures with B slices).
  while (de265_get_number_of_NAL_units_pending(context) > 0 || !inner->image_units.empty()) {
    int more = 0;
    error = de265_decode(context, &more);
    const Result ready = take_pictures();
    if (ready != DECODED) taken = ready;
    if (error != DE265_OK || !more) break;
  }
  return taken != DECODED ? taken : result_of(error);
}

EXPORT(picture) uint8_t* picture() { return rgba; }
EXPORT(picture_width) int picture_width() { return width; }
EXPORT(picture_height) int picture_height() { return height; }
