package org.openingminute.payment.documents;

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
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.FormatStyle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.pdfbox.io.IOUtils;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.multipdf.PDFMergerUtility;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.PaymentServiceSettings;
import org.openingminute.payment.ops.Localizer;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;

/** Draws documents as tagged PDF (PDF/UA) with embedded fonts. A drawing takes some tenths of a second of processor time. */
@Component
final class DocumentPdf {

    static {
        // Sends the library's own log messages to SLF4J.
        XRLog.setLoggerImpl(new Slf4jLogger());
    }

    private static final String FONT = "Liberation Sans";
    /** Characters that are illegal in XML, but may occur in a name. */
    private static final Pattern NOT_IN_XML =
            Pattern.compile("[^\\x09\\x0a\\x0d\\x20-\\ud7ff\\ue000-\\ufffd\\x{10000}-\\x{10ffff}]");

    private static final int REGULAR = 400;
    private static final int BOLD = 700;

    private final ITemplateEngine templates;
    private final Localizer localizer;
    private final List<Path> moreFonts;

    /** @throws UncheckedIOException if the folder of fonts cannot be read */
    DocumentPdf(ITemplateEngine templates, Localizer localizer, PaymentServiceSettings settings) {
        this.templates = templates;
        this.localizer = localizer;
        this.moreFonts = settings.documents().fonts().isBlank()
                ? List.of()
                : fontsIn(Path.of(settings.documents().fonts()));
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

    byte[] draw(DocumentBody body) {
        Locale locale = body.locale().startsWith("de") ? Locale.GERMAN : Locale.ENGLISH;
        List<String> families = new ArrayList<>(List.of(FONT));
        PdfRendererBuilder pdf = new PdfRendererBuilder();
        pdf.useFont(() -> font("LiberationSans-Regular"), FONT, REGULAR, FontStyle.NORMAL, true);
        pdf.useFont(() -> font("LiberationSans-Bold"), FONT, BOLD, FontStyle.NORMAL, true);
        for (Path file : moreFonts) {
            families.add(file.getFileName().toString());
            pdf.useFont(file.toFile(), families.getLast());
        }
        String html = templates.process("receipt/document", model(body, locale, families));
        pdf.withHtmlContent(NOT_IN_XML.matcher(html).replaceAll("\ufffd"), null);
        // Fetches nothing: a document contains all that it needs.
        pdf.useUriResolver((_, _) -> null);
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

    private Context model(DocumentBody body, Locale locale, List<String> fonts) {
        DateTimeFormatter day = DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG)
                .withLocale(locale)
                .withZone(body.zone());
        DateTimeFormatter moment = new DateTimeFormatterBuilder()
                .appendLocalized(FormatStyle.LONG, FormatStyle.SHORT)
                .appendPattern(" z")
                .toFormatter(locale)
                .withZone(body.zone());
        return new Context(
                locale,
                Map.of(
                        "document",
                        body,
                        "issuedOn",
                        day.format(body.issuedAt()),
                        "sellerAddress",
                        lines(body.seller().address()),
                        "buyerAddress",
                        lines(body.buyer().address()),
                        "payTo",
                        body.terms() == null ? List.of() : lines(body.terms().payTo()),
                        "dueBy",
                        body.terms() == null ? "" : moment.format(body.terms().dueBy()),
                        "ofReceiptKey",
                        body.correctsSeveralReceipts() ? "document.of-receipts" : "document.of-receipt",
                        "payments",
                        body.payments().stream()
                                .map(paid -> new PaymentLine(
                                        day.format(paid.at()),
                                        localizer.of("document.by." + paid.by(), locale, paid.by()),
                                        paid.reference(),
                                        paid.amount().inWords(locale)))
                                .toList(),
                        "fonts",
                        fonts.stream().map("'%s'"::formatted).toList()));
    }

    private record PaymentLine(
            String on, String by, @Nullable String reference, String amount) {}

    private static List<String> lines(@Nullable String address) {
        return address == null
                ? List.of()
                : Arrays.stream(address.split("[|\\r\\n]+"))
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList();
    }

    /** Joins several documents into one, in order. */
    byte[] together(List<byte[]> documents) {
        if (documents.size() == 1) {
            return documents.getFirst();
        }
        PDFMergerUtility merger = new PDFMergerUtility();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        documents.forEach(document -> merger.addSource(new RandomAccessReadBuffer(document)));
        merger.setDestinationStream(bytes);
        try {
            merger.mergeDocuments(IOUtils.createMemoryOnlyStreamCache());
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
