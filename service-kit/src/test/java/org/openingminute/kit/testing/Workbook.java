package org.openingminute.kit.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Reads a workbook by the directory at the end of the ZIP file, as spreadsheet programs do. */
public final class Workbook {

    private static final String SHEETS = "xl/worksheets/";

    private Workbook() {}

    /** The sheets, in order. */
    public static List<Document> sheets(byte[] workbook) {
        try {
            Path file = Files.createTempFile("workbook", ".xlsx");
            try {
                return read(Files.write(file, workbook));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Document> read(Path file) throws IOException {
        Map<String, Document> sheets = new TreeMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (entry.getName().startsWith(SHEETS)) {
                    try (InputStream sheet = zip.getInputStream(entry)) {
                        sheets.put(
                                entry.getName(),
                                DocumentBuilderFactory.newInstance()
                                        .newDocumentBuilder()
                                        .parse(sheet));
                    }
                }
            }
        } catch (ParserConfigurationException | SAXException e) {
            throw new AssertionError("a sheet is XML", e);
        }
        return List.copyOf(sheets.values());
    }

    /** The texts of a sheet's cells, row by row, without empty cells. */
    public static List<String> cells(Document sheet) {
        NodeList cells = sheet.getElementsByTagName("c");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < cells.getLength(); i++) {
            texts.add(cells.item(i).getTextContent());
        }
        return texts;
    }
}
