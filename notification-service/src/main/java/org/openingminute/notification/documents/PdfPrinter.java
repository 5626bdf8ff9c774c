package org.openingminute.notification.documents;

import com.openhtmltopdf.outputdevice.helper.BaseRendererBuilder.FontStyle;
import com.openhtmltopdf.pdfboxout.PdfRendererBuilder;
import com.openhtmltopdf.slf4j.Slf4jLogger;
import com.openhtmltopdf.util.XRLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.core.io.ClassPathResource;

/** Converts an HTML page to tagged PDF (PDF/UA) with embedded fonts. A conversion takes some tenths of a second of processor time. */
final class PdfPrinter {

    static {
        // Sends the library's own log messages to SLF4J.
        XRLog.setLoggerImpl(new Slf4jLogger());
    }

    private static final String FONT = "Liberation Sans";
    private static final int REGULAR = 400;
    private static final int BOLD = 700;

    /** Characters that are illegal in XML, but may occur in a name. */
    private static final Pattern NOT_IN_XML =
            Pattern.compile("[^\\x09\\x0a\\x0d\\x20-\\ud7ff\\ue000-\\ufffd\\x{10000}-\\x{10ffff}]");

    private final List<Path> moreFonts;

    /**
     * Loads the fonts.
     *
     * @param folder with additional TrueType fonts; empty for none
     * @throws UncheckedIOException if it cannot be read
     */
    PdfPrinter(String folder) {
        this.moreFonts = folder.isBlank() ? List.of() : fontsIn(Path.of(folder));
    }

    private static List<Path> fontsIn(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".ttf"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the fonts of DOCUMENT_FONTS cannot be read", e);
        }
    }

    /** Returns the font families that a style sheet may use, the built-in one first. */
    String families() {
        return Stream.concat(
                        Stream.of(FONT),
                        moreFonts.stream().map(file -> file.getFileName().toString()))
                .map("'%s'"::formatted)
                .collect(Collectors.joining(", "));
    }

    /** @param page well-formed XHTML; images are embedded in it, and nothing is fetched */
    byte[] print(String page) {
        PdfRendererBuilder pdf = new PdfRendererBuilder();
        pdf.useFont(() -> font("LiberationSans-Regular"), FONT, REGULAR, FontStyle.NORMAL, true);
        pdf.useFont(() -> font("LiberationSans-Bold"), FONT, BOLD, FontStyle.NORMAL, true);
        moreFonts.forEach(file -> pdf.useFont(file.toFile(), file.getFileName().toString()));
        pdf.withHtmlContent(NOT_IN_XML.matcher(page).replaceAll("\ufffd"), null);
        pdf.useUriResolver((_, address) -> address.startsWith("data:") ? address : null);
        pdf.usePdfUaAccessibility(true);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            pdf.toStream(bytes);
            pdf.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static InputStream font(String file) {
        try {
            return new ClassPathResource("liberation/" + file + ".ttf").getInputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
