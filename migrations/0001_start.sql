-- Search works on bigrams made by the program; nothing here needs an extension.
SELECT 1;
