package org.openingminute.notification.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.NotFoundException;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.problem.Problem;
import org.openingminute.notification.documents.DocumentConfiguration.DocumentSettings;
import org.openingminute.notification.projection.RegistrationStatus;

/** Proves the text, layout and QR code of tickets and letters by reading them from the generated PDF. */
class DrawnTest {

    private static final DocumentSettings.Letter LETTER = new DocumentSettings.Letter(
            "The <Society> & Sons", "1 Main Street|Springfield", "Jane Roe", "General chair", "visa@example.org");
    private static final float DOTS_PER_INCH = 150;

    private final Bulkhead processors = Bulkhead.of(
            "documents",
            BulkheadConfig.custom()
                    .maxConcurrentCalls(1)
                    .maxWaitDuration(Duration.ZERO)
                    .build());
    private final DocumentDrawing drawing = drawing(LETTER, true);

    private DocumentDrawing drawing(DocumentSettings.Letter letter, boolean rehearsal) {
        return new DocumentDrawing(
                new Pages(DocumentConfiguration.templates(), DocumentConfiguration.messages(), letter, rehearsal),
                new PdfPrinter(""),
                processors);
    }

    @Test
    void each_badge_is_a_page_however_long_its_name_is() throws IOException {
        String longest = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft ".repeat(2);
        List<Badges.Badge> badges = List.of(
                new Badges.Badge("Ada <b>", "Analytical Engines", "Academic"),
                new Badges.Badge(longest, longest, longest),
                new Badges.Badge("Grace Hopper", "", "Student"));

        byte[] pdf = drawing.badges(badges, new Samples().opened().details(), Locale.GERMAN);

        assertThat(text(pdf))
                .contains(
                        "MLSys 2026",
                        "Ada <b>",
                        "Analytical Engines",
                        "Academic",
                        "Grace Hopper",
                        "Student",
                        "Eine Probe")
                .contains("Donaudampf");
        try (PDDocument document = Loader.loadPDF(pdf)) {
            assertThat(document.getNumberOfPages()).isEqualTo(3);
        }
        assertThat(text(drawing(LETTER, false)
                        .badges(badges, new Samples().opened().details(), Locale.ENGLISH)))
                .doesNotContain("rehearsal");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Analytical Engines",
                "Institut für Angewandte Informatik und Formale Beschreibungsverfahren",
                "Karlsruher Institut für Technologie, Institut für Angewandte Informatik und Formale Beschreibungsverfahren,"
                        + " Arbeitsgruppe mit Nebenbezeichnungen, die keiner mehr kennt und die niemand braucht, am Campus Nord",
                "MASSACHUSETTS INSTITUTE OF TECHNOLOGY, DEPARTMENT OF MECHANICAL ENGINEERING, MAMMOTH WOMEN'S MOMENTUM"
                        + " LABORATORY, CAMBRIDGE, MASSACHUSETTS, UNITED STATES OF AMERICA"
            })
    void affiliation_ends_on_the_badge_or_in_an_ellipsis(String affiliation) throws IOException {
        Badges.Badge badge = new Badges.Badge("Ada", affiliation, "Academic");

        String drawn =
                text(drawing.badges(List.of(badge), new Samples().opened().details(), Locale.GERMAN));
        List<String> lines = drawn.substring(drawn.indexOf("Ada") + 3, drawn.indexOf("Academic"))
                .strip()
                .lines()
                .toList();

        assertThat(String.join(" ", lines).replaceAll("\\s+", " ")).isEqualTo(badge.shownAffiliation());
        assertThat(lines).hasSizeLessThanOrEqualTo(badge.affiliationSize().equals("usual") ? 2 : 3);
        assertThat(badge.shownAffiliation())
                .matches(shown -> shown.equals(affiliation) || shown.length() > 100 && shown.endsWith("…"));
    }

    @Test
    void a_ticket_says_who_comes_where_and_when() throws IOException {
        assertThat(text(drawing.ticket(new Samples().opened())))
                .contains(
                        "A rehearsal: this document is not valid for admission",
                        "Ticket for MLSys 2026",
                        "Ada Łovelace",
                        "Analytical Engines",
                        "United Kingdom",
                        "Academic",
                        "Tutorial day, banquet × 2",
                        "Conference on Machine Learning <and> Systems & friends 2026",
                        "May 18, 2026 to May 22, 2026",
                        "Bellevue, WA, United States",
                        "ML26-7K3F9Q");
        assertThat(text(drawing(LETTER, false).ticket(new Samples().opened()))).doesNotContain("rehearsal");
    }

    @Test
    void german_is_german() throws IOException {
        assertThat(text(drawing.ticket(new Samples().in("de-AT").opened())))
                .contains("Ticket für MLSys 2026", "18. Mai 2026 bis 22. Mai 2026", "Vereinigtes Königreich");
        assertThat(text(drawing.letter(new Samples().in("de").opened())))
                .contains("hiermit bestätigen wir, dass Ada Łovelace zu", "Mit freundlichen Grüßen");
    }

    @Test
    void the_longest_ticket_is_read_from_a_page_of_150_dots_per_inch() throws Exception {
        assertThat(qr(drawing.ticket(new Samples().opened()))).isEqualTo(Samples.TICKET);
    }

    @Test
    void a_letter_confirms_what_a_visa_office_asks_and_is_signed() throws IOException {
        assertThat(text(drawing.letter(new Samples().opened())).replaceAll("\\s+", " "))
                .contains(
                        "The <Society> & Sons",
                        "1 Main Street",
                        "Springfield",
                        "State of the registration: February 2, 2026",
                        "We confirm that Ada Łovelace is registered for Conference on Machine Learning <and> Systems",
                        "takes place in Bellevue, WA, United States, May 18, 2026 to May 22, 2026.",
                        "Analytical Engines",
                        "United Kingdom",
                        "Jane Roe",
                        "General chair",
                        "visa@example.org");
        DocumentSettings.Letter nobody = new DocumentSettings.Letter("", "", "", "", "");
        assertThat(text(drawing(nobody, false).letter(new Samples().opened())))
                .contains("The organisers of MLSys 2026")
                .doesNotContain("verified");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Ada\r\nBcc: eve@example.org\r\n",
                "</td></tr><script>alert(1)</script><img src=\"http://127.0.0.1:1/x.png\"/>&amp;<![CDATA[",
                "[[${7*7}]] __${7*7}__ {0} '",
                "埃达·洛夫莱斯 에이다 エイダ عائشة",
                "👩🏽‍🔬👨‍👩‍👧‍👦🇬🇧 \u0000\u0007\ufffe\ud800",
                "\u202eecalevoL adA\u2066",
                "         ",
                "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"
                        + "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"
            })
    void no_name_breaks_a_document_or_its_code(String name) throws Exception {
        byte[] ticket = drawing.ticket(new Samples().named(name, name).opened());
        byte[] letter = drawing.letter(new Samples().named(name, name).opened());

        assertThat(qr(ticket)).isEqualTo(Samples.TICKET);
        for (byte[] pdf : new byte[][] {ticket, letter}) {
            assertThat(text(pdf)).contains("ML26-7K3F9Q", "Academic").doesNotContain("49");
            assertThat(beyondTheMargin(pdf)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(value = RegistrationStatus.class, names = "CONFIRMED", mode = EnumSource.Mode.EXCLUDE)
    void an_unconfirmed_registration_has_neither(RegistrationStatus status) {
        Samples waiting = new Samples().that(status);
        refuses(() -> drawing.ticket(waiting.opened()));
        refuses(() -> drawing.letter(waiting.opened()));
    }

    @Test
    void frozen_ticket_has_no_document() {
        Samples frozen = new Samples();
        frozen.ticket = null;
        refuses(() -> drawing.ticket(frozen.opened()));
        refuses(() -> drawing.letter(frozen.opened()));
    }

    @Test
    void document_beyond_the_bulkhead_is_unavailable() {
        processors.acquirePermission();
        assertThatThrownBy(() -> drawing.ticket(new Samples().opened()))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("Many documents");
        processors.onComplete();
        assertThat(drawing.ticket(new Samples().opened())).isNotEmpty();
    }

    @Test
    void it_is_tagged_has_a_language_and_brings_its_fonts() throws IOException {
        for (byte[] pdf : new byte[][] {
            drawing.ticket(new Samples().in("de").opened()),
            drawing.letter(new Samples().in("de").opened())
        }) {
            try (PDDocument document = Loader.loadPDF(pdf)) {
                assertThat(document.getNumberOfPages()).isOne();
                assertThat(document.getDocumentCatalog().getMarkInfo().isMarked())
                        .isTrue();
                assertThat(document.getDocumentCatalog().getLanguage()).isEqualTo("de");
                assertThat(document.getDocumentInformation().getTitle()).contains("MLSys 2026");
                for (COSName name : document.getPage(0).getResources().getFontNames()) {
                    PDFont font = document.getPage(0).getResources().getFont(name);
                    assertThat(font.isEmbedded()).as(font.getName()).isTrue();
                }
            }
        }
    }

    private static void refuses(org.assertj.core.api.ThrowableAssert.ThrowingCallable asking) {
        assertThatThrownBy(asking).isInstanceOf(Problem.class).hasMessageNotContaining("Many documents");
    }

    private static String text(byte[] pdf) throws IOException {
        try (PDDocument document = Loader.loadPDF(pdf)) {
            return new PDFTextStripper().getText(document);
        }
    }

    /** Counts the letters outside the page. */
    private static long beyondTheMargin(byte[] pdf) throws IOException {
        class Outside extends PDFTextStripper {

            private long letters;

            @Override
            protected void processTextPosition(TextPosition letter) {
                PDPage page = getCurrentPage();
                PDRectangle paper = page.getMediaBox();
                if (letter.getXDirAdj() < 0 || letter.getXDirAdj() + letter.getWidthDirAdj() > paper.getWidth()) {
                    letters++;
                }
                super.processTextPosition(letter);
            }
        }
        Outside outside = new Outside();
        try (PDDocument document = Loader.loadPDF(pdf)) {
            outside.getText(document);
        }
        return outside.letters;
    }

    private static String qr(byte[] pdf) throws Exception {
        try (PDDocument document = Loader.loadPDF(pdf)) {
            for (int page = 0; page < document.getNumberOfPages(); page++) {
                BufferedImage image = new PDFRenderer(document).renderImageWithDPI(page, DOTS_PER_INCH);
                int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
                try {
                    return new QRCodeReader()
                            .decode(new BinaryBitmap(new HybridBinarizer(
                                    new RGBLuminanceSource(image.getWidth(), image.getHeight(), pixels))))
                            .getText();
                } catch (NotFoundException e) {
                    // The code may be on the next page.
                }
            }
        }
        throw new AssertionError("no code in this document");
    }
}
