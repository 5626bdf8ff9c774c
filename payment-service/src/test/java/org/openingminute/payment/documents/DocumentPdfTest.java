package org.openingminute.payment.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.text.PDFTextStripper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.payment.PaymentServiceSettings;
import org.openingminute.payment.documents.DocumentBody.DocumentKind;
import org.openingminute.payment.documents.Issuer.Seller;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.ops.Localizer;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/** Proves the text of documents by reading it from the generated PDF. */
class DocumentPdfTest {

    private static final Instant NEW_YEARS_EVE = Instant.parse("2026-12-31T23:59:59Z");

    private final DocumentPdf pdf = pdf();

    @ParameterizedTest
    @CsvSource({
        "JPY, en, 'JPY 12,345'",
        "USD, en, 'USD 123.45'",
        "KWD, en, 'KWD 12.345'",
        "JPY, de, '12.345 JPY'",
        "USD, de, '123,45 USD'",
        "KWD, de, '12,345 KWD'"
    })
    void amounts_have_the_decimals_of_their_currency(String currency, String locale, String inWords)
            throws IOException {
        assertThat(text(body(DocumentKind.RECEIPT, currency, locale, 1))).contains(inWords);
    }

    @Test
    void a_receipt_names_all_that_a_company_needs() throws IOException {
        assertThat(text(body(DocumentKind.RECEIPT, "USD", "en", 1)))
                .contains(
                        "Receipt 2026-000001",
                        "December 31, 2026",
                        "A rehearsal: no money has moved",
                        "The Society",
                        "1 Main Street",
                        "Tax ID: XY 1",
                        "ML26-7K3F9Q",
                        "MLSys <2026> & friends",
                        "PO \"7\"",
                        "Łovelace",
                        "Analytical Engines",
                        "12 St James’s Square",
                        "London",
                        "Tax ID: GB 2",
                        "Academic <b>early</b>",
                        "Test card",
                        "Paid at the desk, reference: till <77>",
                        "Received with thanks");
    }

    @Test
    void a_credit_note_names_its_receipt_and_german_is_german() throws IOException {
        assertThat(text(body(DocumentKind.CREDIT_NOTE, "EUR", "de", 1)))
                .contains(
                        "Gutschrift 2026-000001",
                        "Zur Quittung",
                        "2026-000007",
                        "31. Dezember 2026",
                        "Gutschrift erstattet");
    }

    @Test
    void credit_note_for_several_receipts_names_them_in_the_plural() throws IOException {
        assertThat(text(body(DocumentKind.CREDIT_NOTE, "USD", "en", 1)))
                .contains("For receipt")
                .doesNotContain("For receipts");
        assertThat(text(ofReceipts("2026-000007, 2026-000008", "en")))
                .contains("For receipts", "2026-000007, 2026-000008");
        assertThat(text(ofReceipts("2026-000007, 2026-000008", "de"))).contains("Zu den Quittungen");
    }

    @Test
    void partial_credit_note_says_of_how_much_it_is_a_part() throws IOException {
        Money order = new Money(80_000, "USD");
        assertThat(text(body(DocumentKind.CREDIT_NOTE, "USD", "en", 1, null, order)))
                .contains(
                        "This document covers USD 123.45 of the order total of USD 800.00. The amounts are its share of the order.")
                .doesNotContain("Unit price");
        assertThat(text(body(DocumentKind.CREDIT_NOTE, "USD", "en", 1)))
                .contains("Unit price")
                .doesNotContain("This document covers");
        assertThat(text(body(DocumentKind.CREDIT_NOTE, "USD", "de", 1, null, order)))
                .contains("Dieser Beleg betrifft 123,45 USD von insgesamt 800,00 USD der Bestellung.");
    }

    @Test
    void an_invoice_says_how_much_by_when_where_to_and_with_which_reference() throws IOException {
        assertThat(text(body(DocumentKind.INVOICE, "USD", "en", 1)))
                .contains(
                        "Pro forma invoice 2026-000001",
                        "Due by",
                        "December 31, 2026",
                        "11:59",
                        "UTC",
                        "Amount to transfer",
                        "The Bank",
                        "IBAN XX00 1234",
                        "Please quote only the reference ML26-7K3F9Q",
                        "This is not a receipt.");
        assertThat(text(body(DocumentKind.INVOICE, "EUR", "de", 1)))
                .contains("Proforma-Rechnung", "Fällig bis", "Zu überweisen", "So zahlen Sie");
    }

    @Test
    void long_document_continues_on_another_page() throws IOException {
        try (PDDocument document = Loader.loadPDF(pdf.draw(body(DocumentKind.RECEIPT, "USD", "en", 60)))) {
            assertThat(document.getNumberOfPages()).isGreaterThan(1);
        }
    }

    @Test
    void it_is_tagged_has_a_language_and_brings_its_fonts() throws IOException {
        try (PDDocument document = Loader.loadPDF(pdf.draw(body(DocumentKind.RECEIPT, "USD", "de", 1)))) {
            assertThat(document.getDocumentCatalog().getMarkInfo().isMarked()).isTrue();
            assertThat(document.getDocumentCatalog().getLanguage()).isEqualTo("de");
            assertThat(document.getDocumentInformation().getTitle()).isEqualTo("Quittung 2026-000001");
            for (COSName name : document.getPage(0).getResources().getFontNames()) {
                PDFont font = document.getPage(0).getResources().getFont(name);
                assertThat(font.isEmbedded()).as(font.getName()).isTrue();
            }
        }
    }

    @Test
    void several_are_one_document_in_their_order() throws IOException {
        byte[] one = pdf.draw(body(DocumentKind.RECEIPT, "USD", "en", 1));
        byte[] two = pdf.draw(body(DocumentKind.CREDIT_NOTE, "USD", "en", 1));

        assertThat(pdf.together(List.of(one))).isEqualTo(one);
        try (PDDocument document = Loader.loadPDF(pdf.together(List.of(one, two)))) {
            assertThat(document.getNumberOfPages()).isEqualTo(2);
            assertThat(new PDFTextStripper().getText(document).indexOf("Credit note"))
                    .isGreaterThan(new PDFTextStripper().getText(document).indexOf("Receipt 2026"));
        }
    }

    private String text(DocumentBody body) throws IOException {
        try (PDDocument document = Loader.loadPDF(pdf.draw(body))) {
            return new PDFTextStripper().getText(document);
        }
    }

    @Test
    void days_and_hours_are_those_of_the_conference() throws IOException {
        assertThat(text(body(DocumentKind.INVOICE, "EUR", "de", 1, "Europe/Berlin")))
                .contains("1. Januar 2027", "00:59 MEZ")
                .doesNotContain("UTC");
        assertThat(text(body(DocumentKind.INVOICE, "USD", "en", 1, "America/Los_Angeles")))
                .contains("December 31, 2026", "3:59", "PST");
        assertThat(text(body(DocumentKind.RECEIPT, "USD", "en", 1, "Mars/Olympus_Mons")))
                .contains("December 31, 2026");
    }

    private static DocumentBody body(DocumentKind kind, String currency, String locale, int lines) {
        return body(kind, currency, locale, lines, null);
    }

    private static DocumentBody body(
            DocumentKind kind, String currency, String locale, int lines, @Nullable String timeZone) {
        return body(kind, currency, locale, lines, timeZone, null);
    }

    private static DocumentBody body(
            DocumentKind kind,
            String currency,
            String locale,
            int lines,
            @Nullable String timeZone,
            @Nullable Money orderTotal) {
        @Nullable String ofReceipt = kind == DocumentKind.CREDIT_NOTE ? "2026-000007" : null;
        return body(kind, currency, locale, lines, timeZone, orderTotal, ofReceipt);
    }

    private static DocumentBody ofReceipts(String numbers, String locale) {
        return body(DocumentKind.CREDIT_NOTE, "USD", locale, 1, null, null, numbers);
    }

    private static DocumentBody body(
            DocumentKind kind,
            String currency,
            String locale,
            int lines,
            @Nullable String timeZone,
            @Nullable Money orderTotal,
            @Nullable String ofReceipt) {
        Money amount = new Money(12_345, currency);
        return new DocumentBody(
                kind,
                "2026-000001",
                amount,
                NEW_YEARS_EVE,
                ofReceipt,
                new Seller("The Society", "1 Main Street|Springfield", "XY 1"),
                new PaymentRequest.Buyer(
                        "Ada\ufffe Łovelace\u0007",
                        "Analytical Engines",
                        "GB 2",
                        "12 St James’s Square\nLondon",
                        "PO \"7\""),
                "ML26-7K3F9Q",
                "MLSys <2026> & friends",
                Collections.nCopies(
                        lines, new PaymentRequest.RequestedLine("Academic <b>early</b>", 0, 1, amount, amount)),
                new Money(0, currency),
                new Money(0, currency),
                amount,
                orderTotal,
                List.of(
                        new DocumentBody.Paid(NEW_YEARS_EVE, "sandbox", amount, null),
                        new DocumentBody.Paid(NEW_YEARS_EVE, "desk", amount, "till <77>")),
                kind == DocumentKind.INVOICE ? new DocumentBody.Terms(NEW_YEARS_EVE, "The Bank|IBAN XX00 1234") : null,
                timeZone,
                locale,
                true);
    }

    private static DocumentPdf pdf() {
        ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
        messages.setBasename("messages");
        messages.setDefaultEncoding("UTF-8");
        messages.setFallbackToSystemLocale(false);
        ClassLoaderTemplateResolver templates = new ClassLoaderTemplateResolver();
        templates.setPrefix("templates/");
        templates.setSuffix(".html");
        SpringTemplateEngine engine = new SpringTemplateEngine();
        engine.setTemplateResolver(templates);
        engine.setTemplateEngineMessageSource(messages);
        return new DocumentPdf(
                engine,
                new Localizer(messages),
                new PaymentServiceSettings(
                        PaymentServiceSettings.Mode.REHEARSAL,
                        "",
                        "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE",
                        "",
                        "",
                        "",
                        new PaymentServiceSettings.SandboxSettings("key", "secret", "", ""),
                        new PaymentServiceSettings.Stripe("", "", "", "", 20),
                        new PaymentServiceSettings.DocumentSettings("", "", "", "", ""),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(15)));
    }
}
