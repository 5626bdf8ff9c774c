package org.openingminute.notification.documents;

import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.ByteMatrix;
import com.google.zxing.qrcode.encoder.Encoder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** Draws QR codes with error correction level M: up to 15 % of a code may be damaged. */
final class QrCode {

    /** Pixels per side of a module; the style sheet sets the printed size. */
    private static final int PIXELS = 8;

    /** The white modules around the code, without which scanners do not detect it. */
    private static final int MARGIN = 4;

    private static final int WHITE = 0xffffff;

    private QrCode() {}

    /**
     * Returns the image as a data URL.
     *
     * @throws IllegalArgumentException if the text does not fit into a QR code
     */
    static String dataUrl(String text) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png(text));
    }

    private static byte[] png(String text) {
        ByteMatrix modules = modules(text);
        int side = (modules.getWidth() + 2 * MARGIN) * PIXELS;
        BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_BINARY);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                if (!isBlack(modules, x / PIXELS - MARGIN, y / PIXELS - MARGIN)) {
                    picture.setRGB(x, y, WHITE);
                }
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static boolean isBlack(ByteMatrix modules, int x, int y) {
        return x >= 0 && y >= 0 && x < modules.getWidth() && y < modules.getHeight() && modules.get(x, y) == 1;
    }

    private static ByteMatrix modules(String text) {
        try {
            return Encoder.encode(text, ErrorCorrectionLevel.M).getMatrix();
        } catch (WriterException e) {
            throw new IllegalArgumentException("the text does not fit into a QR code", e);
        }
    }
}
